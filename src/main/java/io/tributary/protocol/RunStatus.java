package io.tributary.protocol;

import com.google.gson.annotations.SerializedName;
import io.tributary.data.Paused;
import io.tributary.data.ServiceState;
import io.tributary.metrics.Measurements;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The status of a run at one point in time.
 *
 * @param reason why the state is {@code FAILED} or {@code WAITING_FOR_WORKERS}; null otherwise
 * @param concern what is wrong with what the run learns, and what to do; null if nothing is known
 * @param startedAt when this process started or resumed the run
 * @param step learner steps of the run, across resumes
 * @param sequences sequences learned in the run, across resumes
 * @param loads how much the stages have to do and how busy they are, by stage
 * @param learnerSilence time since the learner last showed progress on its batch; null while it has
 *     none
 * @param featureTargets desired moments by feature; NaN where there is none
 * @param checkpoints the latest complete ones and the best, newest first
 * @param nodes the workers' nodes; null if the run is one process
 */
public record RunStatus(
    String run,
    ServiceState state,
    @Nullable String reason,
    @Nullable String concern,
    Paused paused,
    Instant startedAt,
    long step,
    long sequences,
    Rates rates,
    Map<String, Load> loads,
    Versions versions,
    @Nullable Duration learnerSilence,
    Map<String, Double> featureTargets,
    Map<Measurements.Key, Double> measurements,
    List<Checkpoint> checkpoints,
    @Nullable List<NodeStatus> nodes) {

  /** This many of the newest checkpoints are shown. */
  public static final int CHECKPOINTS_SHOWN = 10;

  /** Recent speed in learner steps and in learned sequences, each per second. */
  public record Rates(double stepsPerSecond, double sequencesPerSecond) {}

  /**
   * The load of a stage.
   *
   * @param waitingSequences sequences waiting for a worker
   * @param inflightSequences sequences that its workers have
   * @param busySeconds time that its workers have computed since the process started, added up
   * @param blockedSeconds time that its workers have waited, added up, by reason
   * @param busyRatio share of the time that its workers computed, over the last steps; NaN before
   *     the first ones
   * @param blockedRatios share of the time that its workers waited, over the last steps, by reason;
   *     empty before the first ones
   */
  public record Load(
      int workers,
      long waitingSequences,
      long inflightSequences,
      @SerializedName("busy_seconds_total") double busySeconds,
      @SerializedName("blocked_seconds_total") Map<String, Double> blockedSeconds,
      double busyRatio,
      @SerializedName("blocked_ratio") Map<String, Double> blockedRatios) {
    public Load {
      blockedSeconds = sorted(blockedSeconds);
      blockedRatios = sorted(blockedRatios);
    }
  }

  /**
   * Versions of the weights; 0 before the first publication.
   *
   * @param policy the one published last
   * @param proposal the current one
   * @param samplers version that each sampler has confirmed, by its name
   */
  public record Versions(long policy, long proposal, Map<String, Long> samplers) {
    public Versions {
      samplers = sorted(samplers);
    }

    /** Number of samplers that have confirmed the current proposal. */
    public long confirmed() {
      return samplers.values().stream().filter(version -> version == proposal).count();
    }
  }

  /**
   * A checkpoint that is complete on disk.
   *
   * @param divergence KL(p||pi) of its policy in nats; NaN if unknown, or not wanted
   * @param best whether no other kept policy is known to be closer to the target
   */
  public record Checkpoint(
      long step,
      Instant writtenAt,
      long bytes,
      @SerializedName("kl_nats_p_pi") double divergence,
      boolean best) {}

  public RunStatus {
    loads = sorted(loads);
    featureTargets = sorted(featureTargets);
    measurements = Map.copyOf(measurements);
    checkpoints = List.copyOf(checkpoints);
    nodes = nodes == null ? null : List.copyOf(nodes);
  }

  private static <V> Map<String, V> sorted(Map<String, V> map) {
    return Collections.unmodifiableMap(new TreeMap<>(map));
  }
}
