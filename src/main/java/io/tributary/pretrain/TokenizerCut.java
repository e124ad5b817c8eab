package io.tributary.pretrain;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.tributary.data.BadInputException;
import java.nio.file.Path;

/**
 * Cuts GPT-2's tokenizer to a smaller vocabulary: the 256 bytes, its first N merges and {@code
 * <|endoftext|>}.
 *
 * <p>A byte-level BPE applies its merges in their order, so the first N of them are a tokenizer in
 * their own right, for any text: nothing has to be trained. Token ids are GPT-2's own, except that
 * of {@code <|endoftext|>}, which is the last one: 256 + N. Pre-tokenizer, post-processor and
 * decoder stay as they are.
 */
public final class TokenizerCut {
  /** The token that begins and ends every text. */
  public static final String END_OF_TEXT = "<|endoftext|>";

  private static final int BYTES = 256;

  private final Path file;
  private final JsonObject tokenizer;

  private TokenizerCut(Path file, JsonObject tokenizer) {
    this.file = file;
    this.tokenizer = tokenizer;
  }

  /**
   * The {@code tokenizer.json} with the first {@code merges} merges of a tokenizer.
   *
   * @param file GPT-2's {@code tokenizer.json}, plain or with gzip
   * @param merges N, at least 0
   * @return the text of the new {@code tokenizer.json}
   * @throws BadInputException if the file is no byte-level BPE of this kind, or has fewer merges
   */
  public static String cut(Path file, int merges) {
    try {
      JsonObject json = JsonParser.parseString(new TextFile(file).text()).getAsJsonObject();
      return new TokenizerCut(file, json).cut(merges).toString();
    } catch (JsonParseException
        | IllegalStateException
        | UnsupportedOperationException
        | ClassCastException e) {
      throw new BadInputException(
          "%s: expected a tokenizer.json with a byte-level BPE model".formatted(file), e);
    }
  }

  private JsonObject cut(int merges) {
    JsonObject model = member(tokenizer, "model").getAsJsonObject();
    JsonArray allMerges = member(model, "merges").getAsJsonArray();
    if (merges < 0 || merges > allMerges.size()) {
      throw new BadInputException(
          "%s: %d merges were asked for, it has %d".formatted(file, merges, allMerges.size()));
    }
    JsonArray firstMerges = new JsonArray(merges);
    JsonObject vocabulary = bytes(member(model, "vocab").getAsJsonObject());
    for (int i = 0; i < merges; i++) {
      firstMerges.add(allMerges.get(i));
      vocabulary.addProperty(merged(allMerges.get(i)), BYTES + i);
    }
    int endOfText = BYTES + merges;
    vocabulary.addProperty(END_OF_TEXT, endOfText);
    if (vocabulary.size() != endOfText + 1) {
      throw new BadInputException("%s: two merges make the same token".formatted(file));
    }
    model.add("merges", firstMerges);
    model.add("vocab", vocabulary);
    tokenizer.add("added_tokens", endOfTextAlone(endOfText));
    return tokenizer;
  }

  private static JsonElement member(JsonObject json, String name) {
    JsonElement member = json.get(name);
    if (member == null) {
      throw new JsonParseException("no member " + name);
    }
    return member;
  }

  /** The tokens of single bytes, which are the first 256. */
  private JsonObject bytes(JsonObject vocabulary) {
    String[] bytes = new String[BYTES];
    vocabulary
        .entrySet()
        .forEach(
            token -> {
              int id = token.getValue().getAsInt();
              if (id < BYTES) {
                bytes[id] = token.getKey();
              }
            });
    JsonObject result = new JsonObject();
    for (int id = 0; id < BYTES; id++) {
      if (bytes[id] == null || bytes[id].length() != 1) {
        throw new BadInputException(
            "%s: token %d must stand for a single byte, got %s".formatted(file, id, bytes[id]));
      }
      result.addProperty(bytes[id], id);
    }
    return result;
  }

  /** What a merge makes of its two parts, which are written "a b" or, newer, ["a", "b"]. */
  private static String merged(JsonElement merge) {
    return merge.isJsonArray()
        ? merge.getAsJsonArray().get(0).getAsString() + merge.getAsJsonArray().get(1).getAsString()
        : merge.getAsString().replaceFirst(" ", "");
  }

  private JsonArray endOfTextAlone(int id) {
    JsonArray result = new JsonArray(1);
    for (JsonElement token : member(tokenizer, "added_tokens").getAsJsonArray()) {
      if (member(token.getAsJsonObject(), "content").getAsString().equals(END_OF_TEXT)) {
        token.getAsJsonObject().addProperty("id", id);
        result.add(token);
        return result;
      }
    }
    throw new BadInputException("%s: it has no added token %s".formatted(file, END_OF_TEXT));
  }
}
