package io.tributary.tools.pretrain;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.tributary.data.BadInputException;
import io.tributary.io.TextFile;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Cuts GPT-2's tokenizer to a smaller vocabulary: the 256 bytes, its first N merges and {@code
 * <|endoftext|>}.
 *
 * <p>A byte-level BPE applies its merges in their order, so the first N of them are a tokenizer in
 * their own right, for any text: nothing has to be trained. Token ids are GPT-2's own, except that
 * of {@code <|endoftext|>}, which is the last one: 256 + N. Pre-tokenizer, post-processor and
 * decoder stay as they are.
 *
 * @param json the text of the new {@code tokenizer.json}
 * @param merges N
 */
public record TokenizerCut(String json, int merges) {
  /** The token that begins and ends every text. */
  public static final String END_OF_TEXT = "<|endoftext|>";

  private static final int BYTES = 256;

  /**
   * Cuts a tokenizer.
   *
   * @param file GPT-2's {@code tokenizer.json}, plain or with gzip
   * @param merges N, how many of its merges are kept; absent: all of them
   * @throws BadInputException if the file is no byte-level BPE of this kind, or has fewer merges
   */
  public static TokenizerCut of(Path file, Optional<Integer> merges) {
    try {
      JsonObject tokenizer = JsonParser.parseString(new TextFile(file).text()).getAsJsonObject();
      JsonObject model = member(tokenizer, "model").getAsJsonObject();
      List<JsonElement> all = member(model, "merges").getAsJsonArray().asList();
      int kept = merges.orElse(all.size());
      if (kept < 0 || kept > all.size()) {
        throw new BadInputException(
            "%s: %d merges were asked for, it has %d".formatted(file, kept, all.size()));
      }
      JsonObject bytes = bytes(member(model, "vocab").getAsJsonObject());
      JsonArray added = endOfText(member(tokenizer, "added_tokens").getAsJsonArray(), BYTES + kept);
      JsonArray merged = new JsonArray(kept);
      all.subList(0, kept).forEach(merged::add);
      model.add("vocab", vocabulary(bytes, merged));
      model.add("merges", merged);
      tokenizer.add("added_tokens", added);
      return new TokenizerCut(tokenizer.toString(), kept);
    } catch (JsonParseException
        | IllegalStateException
        | UnsupportedOperationException
        | ClassCastException e) {
      throw new BadInputException(
          "%s: expected a tokenizer.json with a byte-level BPE model%s"
              .formatted(file, e.getMessage() == null ? "" : ", but " + e.getMessage()),
          e);
    }
  }

  /** Id of {@link #END_OF_TEXT}. */
  public int endOfText() {
    return BYTES + merges;
  }

  /** Number of tokens. */
  public int vocabulary() {
    return endOfText() + 1;
  }

  private static JsonElement member(JsonObject json, String name) {
    JsonElement member = json.get(name);
    if (member == null) {
      throw new JsonParseException("no member " + name);
    }
    return member;
  }

  /** The tokens of single bytes, which are the first 256. */
  private static JsonObject bytes(JsonObject vocabulary) {
    JsonObject bytes = new JsonObject();
    vocabulary.entrySet().stream()
        .filter(token -> token.getValue().getAsInt() < BYTES)
        .sorted(Comparator.comparingInt(token -> token.getValue().getAsInt()))
        .forEach(token -> bytes.add(token.getKey(), token.getValue()));
    if (bytes.size() != BYTES || bytes.keySet().stream().anyMatch(token -> token.length() != 1)) {
      throw new JsonParseException("its first 256 tokens are not single bytes");
    }
    return bytes;
  }

  private static JsonObject vocabulary(JsonObject bytes, JsonArray merges) {
    JsonObject vocabulary = bytes;
    for (int i = 0; i < merges.size(); i++) {
      vocabulary.addProperty(merged(merges.get(i)), BYTES + i);
    }
    vocabulary.addProperty(END_OF_TEXT, BYTES + merges.size());
    if (vocabulary.size() != BYTES + merges.size() + 1) {
      throw new JsonParseException("two of its merges make the same token");
    }
    return vocabulary;
  }

  /** What a merge makes of its two parts, which are written "a b" or, newer, ["a", "b"]. */
  private static String merged(JsonElement merge) {
    return merge.isJsonArray()
        ? merge.getAsJsonArray().get(0).getAsString() + merge.getAsJsonArray().get(1).getAsString()
        : merge.getAsString().replaceFirst(" ", "");
  }

  /** The added tokens: the end of text alone, with its new id. */
  private static JsonArray endOfText(JsonArray added, int id) {
    for (JsonElement token : added) {
      if (member(token.getAsJsonObject(), "content").getAsString().equals(END_OF_TEXT)) {
        token.getAsJsonObject().addProperty("id", id);
        JsonArray alone = new JsonArray(1);
        alone.add(token);
        return alone;
      }
    }
    throw new JsonParseException("it has no added token " + END_OF_TEXT);
  }
}
