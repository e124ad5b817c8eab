package io.tributary.run.watch;

import io.tributary.data.ServiceState;

/**
 * Who waited for whom for how long.
 *
 * @param learner share of the time in which the learner waited for scored draws
 * @param samplers share of their time in which samplers waited for admission
 */
record WaitingShares(double learner, double samplers) {
  /** A side counts as waiting for the other if it has waited for more than this share. */
  private static final double MUCH = 0.1;

  /** A learner that waits for more than this share is not what the samplers wait for. */
  private static final double MOSTLY = 0.5;

  /** What a service that works does. */
  ServiceState state() {
    if (learner > MUCH && (learner > samplers || learner > MOSTLY)) {
      return ServiceState.WAITING_FOR_DATA;
    }
    return samplers > MUCH ? ServiceState.THROTTLED : ServiceState.RUNNING;
  }
}
