package io.tributary.cluster.transfer;

import java.time.Duration;

/**
 * What the clients of a {@link FileServer} may take of it.
 *
 * @param connections open at a time, each with one thread
 * @param newConnectionsPerSecond how many are accepted after a burst of {@code connections}; more
 *     wait in the system's backlog, so that a flood of handshakes can't take a processor; those
 *     that show the token do not count
 * @param uploadBytesPerSecond of all uploads together; 0: no limit
 * @param headTimeout for the TLS handshake and the first request of a connection
 * @param idleTimeout for the next request of a connection, and for any progress of an answer
 * @param answerTimeout for one answer, without the time for which the upload limit held it up
 */
public record ServerLimits(
    int connections,
    int newConnectionsPerSecond,
    long uploadBytesPerSecond,
    Duration headTimeout,
    Duration idleTimeout,
    Duration answerTimeout) {

  public ServerLimits {
    require("connections", connections, 1);
    require("newConnectionsPerSecond", newConnectionsPerSecond, 1);
    require("uploadBytesPerSecond", uploadBytesPerSecond, 0);
    require("headTimeout in ms", headTimeout.toMillis(), 1);
    require("idleTimeout in ms", idleTimeout.toMillis(), 1);
    require("answerTimeout in ms", answerTimeout.toMillis(), 1);
  }

  /**
   * Two connections for each node, and 128 more; after as many, 15 new ones a second; 10 s for a
   * handshake and request, 30 s without progress, 10 minutes for an answer.
   */
  public static ServerLimits standard(long uploadBytesPerSecond, int nodes) {
    return new ServerLimits(
        128 + 2 * nodes,
        15,
        uploadBytesPerSecond,
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofMinutes(10));
  }

  private static void require(String name, long value, long min) {
    if (value < min) {
      throw new IllegalArgumentException(
          "%s: %d, expected at least %d".formatted(name, value, min));
    }
  }
}
