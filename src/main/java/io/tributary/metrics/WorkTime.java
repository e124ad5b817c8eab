package io.tributary.metrics;

import io.tributary.metrics.Label.BlockedReason;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * Time that workers have spent computing and waiting. A worker sends the time since its previous
 * result along with each result, so that workers count alike on any machine.
 *
 * @param busy time spent computing
 * @param blocked time spent waiting, by reason; reasons without any are absent
 */
public record WorkTime(Duration busy, Map<BlockedReason, Duration> blocked) {
  /** No time at all. */
  public static final WorkTime NONE = busy(Duration.ZERO);

  public WorkTime {
    blocked = Map.copyOf(blocked);
  }

  /** Time spent computing only. */
  public static WorkTime busy(Duration time) {
    return new WorkTime(time, Map.of());
  }

  public double busySeconds() {
    return seconds(busy);
  }

  public double blockedSeconds(BlockedReason reason) {
    return seconds(blocked(reason));
  }

  Duration blocked(BlockedReason reason) {
    return blocked.getOrDefault(reason, Duration.ZERO);
  }

  static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }

  /** Computing and waiting together. */
  Duration total() {
    return blocked.values().stream().reduce(busy, Duration::plus);
  }

  /** The sum of both. */
  WorkTime plus(WorkTime other) {
    Map<BlockedReason, Duration> sum = new EnumMap<>(BlockedReason.class);
    sum.putAll(blocked);
    other.blocked.forEach((reason, time) -> sum.merge(reason, time, Duration::plus));
    return new WorkTime(busy.plus(other.busy), sum);
  }

  /**
   * The same time with at most {@code most} of the waits for input and admission due to a pause.
   */
  WorkTime paused(Duration most) {
    Map<BlockedReason, Duration> moved = new EnumMap<>(BlockedReason.class);
    moved.putAll(blocked);
    Duration left = most;
    for (BlockedReason reason :
        new BlockedReason[] {BlockedReason.INPUT, BlockedReason.ADMISSION}) {
      Duration waited = blocked(reason);
      Duration part = waited.compareTo(left) < 0 ? waited : left;
      if (!part.isZero()) {
        moved.put(reason, waited.minus(part));
        moved.merge(BlockedReason.PAUSED, part, Duration::plus);
        left = left.minus(part);
      }
    }
    moved.values().removeIf(Duration::isZero);
    return new WorkTime(busy, moved);
  }
}
