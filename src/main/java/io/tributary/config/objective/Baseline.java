package io.tributary.config.objective;

import java.util.Locale;

/** The level of an objective's baseline. */
public enum Baseline {
  /** No baseline. */
  NONE,
  /** The estimate of Z. */
  Z,
  /** The mean over the other sequences of the batch. */
  LEAVE_ONE_OUT,
  /** The mean over all earlier batches. */
  RUNNING_MEAN;

  /** As written in the configuration. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
