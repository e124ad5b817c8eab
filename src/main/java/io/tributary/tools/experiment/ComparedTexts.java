package io.tributary.tools.experiment;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The texts that a run writes at its end, in {@code comparison.json}.
 *
 * @param base texts of the base model
 * @param policy texts of the policy
 */
public record ComparedTexts(List<String> base, List<String> policy) {
  private static final Gson GSON = new Gson();

  public ComparedTexts {
    base = List.copyOf(base);
    policy = List.copyOf(policy);
  }

  /** The texts of the run in a directory; empty until they are written completely. */
  public static Optional<ComparedTexts> of(Path run) throws IOException {
    Path file = run.resolve("comparison.json");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(GSON.fromJson(Files.readString(file), ComparedTexts.class));
    } catch (RuntimeException | CharacterCodingException e) { // a constructor's failure too
      return Optional.empty();
    }
  }
}
