package io.tributary.config.objective;

import java.util.Locale;

/** What the level of an objective's baseline is made from. */
public enum Baseline {
  /** There is none. */
  NONE,
  /** The estimate of Z. */
  Z,
  /** The mean of the others in the batch. */
  LEAVE_ONE_OUT,
  /** The mean of all batches before. */
  RUNNING_MEAN;

  /** As written in the configuration. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
