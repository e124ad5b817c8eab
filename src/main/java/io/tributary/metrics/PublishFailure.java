package io.tributary.metrics;

/** How a delivery of weights failed. */
public enum PublishFailure implements LabelValue {
  /** A sampler did not confirm in time. */
  TIMEOUT,
  /** A sampler confirmed another fingerprint than that of the published weights. */
  FINGERPRINT
}
