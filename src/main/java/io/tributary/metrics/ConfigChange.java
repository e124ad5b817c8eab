package io.tributary.metrics;

/** Outcome of a request to change the configuration of a running service. */
public enum ConfigChange implements LabelValue {
  /** The change is in force. */
  ACCEPTED,
  /** Something in it was invalid; nothing has changed. */
  REJECTED
}
