package io.tributary.config;

import io.tributary.config.binding.Require;
import java.util.Locale;

/**
 * The native tensor library.
 *
 * @param intraOpThreads threads of one native operation
 * @param mklFastPath whether MKL is made to use its fast path on AMD processors
 */
public record NativeConfig(int intraOpThreads, MklFastPath mklFastPath) {
  public NativeConfig {
    Require.atLeast(1, "intra-op-threads", intraOpThreads);
  }

  /** Use of MKL's general AVX path on processors that are not Intel's. */
  public enum MklFastPath {
    /** On AMD processors. */
    AUTO,
    /** Never. */
    OFF;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
