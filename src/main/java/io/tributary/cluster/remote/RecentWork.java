package io.tributary.cluster.remote;

import io.tributary.metrics.WorkTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How much the samplers or the scorers of a node have done within about the last minute. Their time
 * arrives with results, so the speed is taken from the arrival of one result to that of another.
 * Not thread-safe.
 */
final class RecentWork {
  private static final Duration WINDOW = Duration.ofMinutes(1);

  /** Readings closer together than this are not kept. */
  private static final Duration DISTANCE = Duration.ofSeconds(1);

  private final List<Reading> readings = new ArrayList<>();

  private record Reading(long nanoTime, long sequences, double busySeconds) {}

  RecentWork(long nanoTime) {
    readings.add(new Reading(nanoTime, 0, 0));
  }

  /** A result has arrived. */
  void add(long nanoTime, int sequences, WorkTime time) {
    Reading last = last();
    int size = readings.size();
    if (size > 1 && nanoTime - readings.get(size - 2).nanoTime() < DISTANCE.toNanos()) {
      readings.remove(size - 1);
    }
    readings.add(
        new Reading(
            nanoTime, last.sequences() + sequences, last.busySeconds() + time.busySeconds()));
    while (readings.size() > 2 && nanoTime - readings.get(1).nanoTime() >= WINDOW.toNanos()) {
      readings.remove(0);
    }
  }

  double sequencesPerSecond(long nanoTime) {
    return (last().sequences() - readings.get(0).sequences()) / seconds(nanoTime);
  }

  /** Share of their time that so many workers computed; NaN if there are none. */
  double busyShare(long nanoTime, int workers) {
    double busy = last().busySeconds() - readings.get(0).busySeconds();
    return workers == 0 ? Double.NaN : Math.min(1, busy / (seconds(nanoTime) * workers));
  }

  /** Once nothing has arrived for as long, the silence counts. */
  private double seconds(long nanoTime) {
    long last = last().nanoTime();
    return Math.max(1, Math.max(last - readings.get(0).nanoTime(), nanoTime - last)) / 1e9;
  }

  private Reading last() {
    return readings.get(readings.size() - 1);
  }
}
