package io.tributary.cluster.transfer;

import java.time.Duration;

/**
 * How a {@link FileFetcher} fetches.
 *
 * @param parallel chunks in flight at a time, each with a connection and a thread
 * @param connectTimeout for a connection to be made
 * @param readTimeout for the next bytes to come before a connection counts as broken
 * @param patience for how long a file may make no progress, over all attempts, before it is given
 *     up
 * @param firstPause after a failure; doubles with each further one in a row, less a random part
 * @param longestPause between two attempts
 */
public record FetchSettings(
    int parallel,
    Duration connectTimeout,
    Duration readTimeout,
    Duration patience,
    Duration firstPause,
    Duration longestPause) {

  static final int MAX_PARALLEL = 16;

  public FetchSettings {
    if (parallel < 1 || parallel > MAX_PARALLEL) {
      throw new IllegalArgumentException(
          "parallel: %d, expected 1 to %d".formatted(parallel, MAX_PARALLEL));
    }
    require("connectTimeout", connectTimeout);
    require("readTimeout", readTimeout);
    require("patience", patience);
    require("firstPause", firstPause);
    require("longestPause", longestPause);
  }

  /**
   * Two chunks at a time; 10 s to connect, 30 s without a byte, pauses from 100 ms to 5 s.
   *
   * @param patience for how long a file may make no progress before it is given up
   */
  public static FetchSettings standard(Duration patience) {
    return new FetchSettings(
        2,
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        patience,
        Duration.ofMillis(100),
        Duration.ofSeconds(5));
  }

  private static void require(String name, Duration value) {
    if (value.toMillis() < 1 || value.toMillis() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "%s: %s, expected 1 ms to %d ms".formatted(name, value, Integer.MAX_VALUE));
    }
  }
}
