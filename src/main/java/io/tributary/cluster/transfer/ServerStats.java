package io.tributary.cluster.transfer;

import java.util.concurrent.atomic.LongAdder;

/** What a {@link FileServer} has done since its start. */
public final class ServerStats {
  final LongAdder accepted = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder unauthorized = new LongAdder();
  final LongAdder answers = new LongAdder();
  final LongAdder bytes = new LongAdder();

  ServerStats() {}

  /** Connections that were accepted. */
  public long accepted() {
    return accepted.sum();
  }

  /** Connections that were closed because there were too many, before a request was read. */
  public long refused() {
    return refused.sum();
  }

  /** Requests without the token, and TLS handshakes that failed. */
  public long unauthorized() {
    return unauthorized.sum();
  }

  /** Files and ranges that were sent as a whole. */
  public long answers() {
    return answers.sum();
  }

  /** Bytes of files that were sent. */
  public long bytes() {
    return bytes.sum();
  }
}
