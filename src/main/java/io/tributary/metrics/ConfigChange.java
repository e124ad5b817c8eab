package io.tributary.metrics;

/** What became of a request to change the configuration of a running service. */
public enum ConfigChange implements LabelValue {
  /** All that was asked for is in force. */
  ACCEPTED,
  /** Something in it can't be used, and nothing has changed. */
  REJECTED
}
