package io.tributary.cluster.transfer;

import java.net.URI;

/** Is told how a fetch goes, at any time and from any thread. */
@FunctionalInterface
public interface FetchWatch {

  /** Bytes that are in place; fewer than before when a chunk has to be fetched again. */
  void inPlace(long bytes);

  /** An attempt has failed, and another follows. */
  default void failed(URI source, String reason) {}
}
