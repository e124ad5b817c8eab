package io.tributary.config;

import io.tributary.config.binding.Require;
import io.tributary.config.binding.Schema.Default;
import io.tributary.config.binding.Schema.Existing;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * The cluster that a run is the trainer of. Without this section a run is one process.
 *
 * @param host address to bind
 * @param port port of the cluster; 0 for any free one
 * @param filesPort port from which workers fetch weights and files; 0 for any free one
 * @param advertisedHost name by which workers reach the trainer, which its certificate must be for
 * @param maxNodes most workers at a time
 * @param acceptableHeartbeatPause silence after which a node counts as unreachable
 * @param stableAfter time after which an unreachable node is removed
 * @param uploadMegabytesPerSecond what all uploads of weights and files together may take; 0: no
 *     limit
 * @param numerics which workers may take part
 * @param auditShare of the sequences that workers draw, which the trainer scores again
 * @param auditBoundNats most that the two values of log q may differ, in nats
 * @param auditAction what becomes of a node of whose sequences one differs by more
 * @param tokenFile file with what workers must show to take part, absolute; if empty, nothing
 */
public record ClusterConfig(
    @Default("0.0.0.0") String host,
    @Default("17355") int port,
    @Default("17356") int filesPort,
    String advertisedHost,
    @Default("64") int maxNodes,
    @Default("10s") Duration acceptableHeartbeatPause,
    @Default("20s") Duration stableAfter,
    @Default("0") int uploadMegabytesPerSecond,
    @Default("strict") Numerics numerics,
    @Default("0.01") double auditShare,
    @Default("0.05") double auditBoundNats,
    @Default("warn") AuditAction auditAction,
    @Existing(Existing.Kind.FILE) Optional<Path> tokenFile,
    Tls tls) {
  /**
   * Bytes of the largest message between nodes. It is the same for all configurations: a worker has
   * to accept messages before it knows the run's.
   */
  public static final int LARGEST_MESSAGE = 8 << 20;

  private static final int MOST_NODES = 256;

  public ClusterConfig {
    requireHost("host", host);
    requirePort("port", port);
    requirePort("files-port", filesPort);
    Require.that(
        filesPort != port || port == 0,
        "files-port",
        filesPort,
        "another port than cluster.port = " + port);
    requireAdvertised("advertised-host", advertisedHost);
    Require.atLeast(1, "max-nodes", maxNodes);
    Require.that(maxNodes <= MOST_NODES, "max-nodes", maxNodes, "at most " + MOST_NODES);
    Require.atLeast(0, "upload-megabytes-per-second", uploadMegabytesPerSecond);
    requireTimes(acceptableHeartbeatPause, stableAfter);
    Require.that(
        auditShare >= 0 && auditShare <= 1, "audit-share", auditShare, "a number from 0 to 1");
    Require.that(
        auditBoundNats > 0 && Double.isFinite(auditBoundNats),
        "audit-bound-nats",
        auditBoundNats,
        "a positive number");
  }

  /** What all uploads together may take in bytes per second; 0: no limit. */
  public long uploadBytesPerSecond() {
    return uploadMegabytesPerSecond * 1_000_000L;
  }

  /**
   * Most bytes of one message about a draw: its sequences, or their scores with log a of each token
   * and texts of up to 16 bytes a token on average.
   *
   * @param milestones the most of a token; 0 where the objective needs none
   */
  public static long messageBytes(int sequences, int maxLength, int features, int milestones) {
    long sequence = 96 + 8L * features + (24L + 8L * milestones) * maxLength;
    return (64 << 10) + sequences * sequence;
  }

  /** The trainer as a node of its cluster. */
  public Node node() {
    return new Node(host, port, advertisedHost, acceptableHeartbeatPause, stableAfter, tls);
  }

  /** Which workers may take part, by the results of a fixed draw and a fixed score. */
  public enum Numerics {
    /** Those whose results are the trainer's bit for bit. */
    STRICT,
    /** All; metrics state the mixture. */
    MIXED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How draws of workers are checked. */
  public Audit audit() {
    return new Audit(auditShare, auditBoundNats, auditAction);
  }

  /**
   * How draws of workers are checked.
   *
   * @param share of their sequences that the trainer scores again
   * @param boundNats most that the two values of log q may differ, in nats
   */
  public record Audit(double share, double boundNats, AuditAction action) {}

  /** What becomes of a node whose log q is wrong. */
  public enum AuditAction {
    /** The log and the audit log say so. */
    WARN,
    /** It is told to end, too. */
    DISMISS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * How nodes prove to each other who they are. There is no cluster without it.
   *
   * @param certificateFile PEM, the node's certificate first, absolute
   * @param keyFile PEM, PKCS #8, absolute
   * @param caFile PEM, the certificates of those whose nodes are trusted, absolute
   */
  public record Tls(
      @Existing(Existing.Kind.FILE) Path certificateFile,
      @Existing(Existing.Kind.FILE) Path keyFile,
      @Existing(Existing.Kind.FILE) Path caFile) {}

  /**
   * What a trainer and a worker need alike to be a node.
   *
   * @param host address to bind
   * @param port 0 for any free one
   * @param advertisedHost name by which the other nodes reach it, which its certificate must be for
   * @param acceptableHeartbeatPause silence after which another node counts as unreachable
   * @param stableAfter time after which the trainer removes an unreachable worker; a worker gives a
   *     trainer up that has been unreachable for twice that time
   */
  public record Node(
      String host,
      int port,
      String advertisedHost,
      Duration acceptableHeartbeatPause,
      Duration stableAfter,
      Tls tls) {
    public Node {
      requireHost("host", host);
      requirePort("port", port);
      requireAdvertised("advertised-host", advertisedHost);
      requireTimes(acceptableHeartbeatPause, stableAfter);
    }
  }

  private static void requireHost(String key, String host) {
    Require.text(key, host);
  }

  private static void requirePort(String key, int port) {
    Require.that(port >= 0 && port <= 65535, key, port, "between 0 and 65535");
  }

  /** IPv6 is for those who have names: an address in brackets is written in too many ways. */
  private static void requireAdvertised(String key, String host) {
    Require.that(
        host.matches("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?") && !host.equals("0.0.0.0"),
        key,
        '"' + host + '"',
        "a host name or IPv4 address that other nodes can reach, without scheme and port, as in"
            + " \"trainer.example.org\"");
  }

  private static void requireTimes(Duration acceptableHeartbeatPause, Duration stableAfter) {
    Require.positive("acceptable-heartbeat-pause", acceptableHeartbeatPause);
    Require.positive("stable-after", stableAfter);
    Require.that(
        stableAfter.compareTo(acceptableHeartbeatPause) >= 0,
        "stable-after",
        stableAfter.toMillis() / 1e3 + "s",
        "at least acceptable-heartbeat-pause = %ss: a node that has been silent for so long needs as long to be heard again"
            .formatted(acceptableHeartbeatPause.toMillis() / 1e3));
  }
}
