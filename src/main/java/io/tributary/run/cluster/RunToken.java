package io.tributary.run.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.config.binding.ConfigException;
import io.tributary.config.tls.SecretFile;
import io.tributary.data.Fingerprint;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * What an operator gives a trainer and its workers, so that no worker works for another run whose
 * certificates it has too.
 *
 * @param text empty if there is none, which only equals none
 */
record RunToken(String text) {
  private static final int MIN_LENGTH = 16;
  private static final int MAX_LENGTH = 1024;

  /**
   * Reads a token.
   *
   * @param key of the setting or option that names the file, for messages
   * @param file none: there is no token
   * @throws ConfigException if the file can't be read, others than its owner may read it, or it
   *     holds no token
   */
  static RunToken read(String key, Optional<Path> file) {
    if (file.isEmpty()) {
      return new RunToken("");
    }
    String text = SecretFile.read(key, file.get()).strip();
    if (!text.matches("\\p{Graph}{%d,%d}".formatted(MIN_LENGTH, MAX_LENGTH))) {
      throw new ConfigException(
          "%s: no token in %s; expected %d to %,d letters, digits and signs, such as openssl rand -hex 32 gives"
              .formatted(key, file.get(), MIN_LENGTH, MAX_LENGTH));
    }
    return new RunToken(text);
  }

  /** Why a worker with this token does not belong to the run of the trainer with this one. */
  Optional<String> objection(String workers) {
    if (MessageDigest.isEqual(hash(text), hash(workers))) {
      return Optional.empty();
    }
    if (text.isEmpty()) {
      return Optional.of(
          "it is meant for another run: it has a token, and this run has no cluster.token-file");
    }
    return Optional.of(
        workers.isEmpty()
            ? "it has no token: give it the content of cluster.token-file as --token-file"
            : "it is meant for another run: its token is not that of cluster.token-file");
  }

  private static byte[] hash(String text) {
    return Fingerprint.sha256().digest(text.getBytes(UTF_8));
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "RunToken";
  }
}
