package io.tributary.run.watch;

import io.tributary.data.ServiceState;

/**
 * Who waited for whom, as shares of the time.
 *
 * @param learner share of the time that the learner waited for scored draws
 * @param samplers share of their time that samplers waited for admission
 */
record WaitingShares(double learner, double samplers) {
  /** A side counts as waiting for the other above this share. */
  private static final double MUCH = 0.1;

  /** Above this share the learner can't be what the samplers wait for. */
  private static final double MOSTLY = 0.5;

  /** The state of a service that is working. */
  ServiceState state() {
    if (learner > MUCH && (learner > samplers || learner > MOSTLY)) {
      return ServiceState.WAITING_FOR_DATA;
    }
    return samplers > MUCH ? ServiceState.THROTTLED : ServiceState.RUNNING;
  }
}
