package io.tributary.cli.standalone;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.tributary.data.BadInputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads the lines that {@code score} scores, as tokens of a model. */
public final class ScoreInput implements AutoCloseable {
  private static final int SHOWN = 60;

  private final String name;
  private final BufferedReader reader;
  private final LoadedModel model;
  private final int positions;
  private long number;

  private ScoreInput(String name, BufferedReader reader, LoadedModel model, int positions) {
    this.name = name;
    this.reader = reader;
    this.model = model;
    this.positions = positions;
  }

  /**
   * Opens the input.
   *
   * @param file null for standard input
   * @param positions the most tokens that a line may have
   * @throws BadInputException if it can't be read
   */
  public static ScoreInput open(@Nullable Path file, LoadedModel model, int positions) {
    if (file == null) {
      return new ScoreInput(
          "standard input",
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8.newDecoder())),
          model,
          positions);
    }
    try {
      return new ScoreInput(file.toString(), Files.newBufferedReader(file), model, positions);
    } catch (NoSuchFileException e) {
      throw new BadInputException("--input = %s: no such file".formatted(file), e);
    } catch (IOException e) {
      throw new BadInputException("--input = %s can't be read: %s".formatted(file, e), e);
    }
  }

  /**
   * The next line; null after the last.
   *
   * @throws BadInputException naming the line, if it can't be scored
   */
  public @Nullable TokenizedText next() {
    String line;
    try {
      line = reader.readLine();
    } catch (CharacterCodingException e) {
      throw new BadInputException("%s is not UTF-8 text, after line %d".formatted(name, number), e);
    } catch (IOException e) {
      throw new BadInputException(
          "%s can't be read after line %d: %s".formatted(name, number, e), e);
    }
    if (line == null) {
      return null;
    }
    number++;
    try {
      return checked(
          line.startsWith("{") ? parse(line) : new TokenizedText(line, model.encode(line)));
    } catch (BadInputException e) {
      throw new BadInputException("line %d of %s: %s".formatted(number, name, e.getMessage()), e);
    }
  }

  private TokenizedText checked(TokenizedText line) {
    if (line.tokens().length > positions) {
      throw new BadInputException(
          "%,d tokens are too many for %s, which has room for %,d"
              .formatted(line.tokens().length, model.path(), positions));
    }
    model.requireVocabulary(line.tokens());
    return line;
  }

  private TokenizedText parse(String line) {
    try {
      JsonObject object = TextLines.json(line);
      if (!object.has("tokens") && object.has("text")) {
        String text = object.getAsJsonPrimitive("text").getAsString();
        return new TokenizedText(text, model.encode(text));
      }
      int[] tokens = tokens(object.getAsJsonArray("tokens"));
      return new TokenizedText(model.decode(tokens), tokens);
    } catch (JsonParseException
        | IllegalStateException
        | ClassCastException
        | NullPointerException
        | ArithmeticException
        | NumberFormatException e) {
      throw new BadInputException(
          "a line that begins with { must be JSON: expected {\"tokens\": [1, 2, 3]} or {\"text\": \"…\"}, got %s"
              .formatted(line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line),
          e);
    }
  }

  private static int[] tokens(JsonArray array) {
    int[] tokens = new int[array.size()];
    for (int i = 0; i < tokens.length; i++) {
      JsonElement token = array.get(i);
      if (!token.getAsJsonPrimitive().isNumber()) {
        throw new JsonParseException("not a number: " + token);
      }
      tokens[i] = token.getAsBigDecimal().intValueExact();
    }
    return tokens;
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
