package io.tributary.cluster.remote;

/**
 * What has become of a node, for the records of a run.
 *
 * @param address host and port of the node
 * @param node its name; empty if it has none, since it was refused
 * @param reason in words, for people
 */
public record NodeNote(String address, String node, What what, String reason) {

  /** What it is. */
  public enum What {
    /** It may not take part. */
    REFUSED,
    /** It gets work from now on. */
    JOINED,
    /** It has more or fewer samplers and scorers than before. */
    RESIZED,
    /** A sequence that it drew has another log q than it said. */
    DISAGREED,
    /** It has gone in order. */
    LEFT,
    /** It has gone, and nobody had asked for it. */
    LOST
  }
}
