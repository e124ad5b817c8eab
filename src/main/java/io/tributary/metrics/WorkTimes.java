package io.tributary.metrics;

import io.tributary.metrics.Label.BlockedReason;
import io.tributary.metrics.Label.Stage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Adds up how the workers of each stage spend their time: what arrives with results, from any
 * machine, and what the clocks of this process measure, whose waits count while they last. While an
 * operator has paused either side of the stream, a wait for input or admission counts as a wait for
 * the end of the pause. Thread-safe.
 */
final class WorkTimes {
  private static final int MAX_PAUSES = 100;
  private static final Duration ALL = Duration.ofNanos(Long.MAX_VALUE);

  private final LongSupplier nanoTime;
  private final Map<WorkClock, Consumer<WorkTime>> clocks = new ConcurrentHashMap<>();
  private final Map<Stage, WorkTime> totals = new EnumMap<>(Stage.class);
  private final Map<Stage, Presence> presences = new EnumMap<>(Stage.class);
  private final Deque<Pause> pauses = new ArrayDeque<>(); // oldest first
  private final BiConsumer<Stage, WorkTime> counted;
  private volatile boolean paused;

  /**
   * The workers of a stage.
   *
   * @param nanos time that all of them together were there until {@code since}
   */
  private record Presence(int workers, long since, long nanos) {
    static final Presence NONE = new Presence(0, 0, 0);

    private long nanos(long now) {
      return nanos + workers * (now - since);
    }
  }

  /** A pause in nanoseconds; it ends at the largest number while it lasts. */
  private record Pause(long begin, long end) {
    private long overlap(long from, long to) {
      return Math.max(0, Math.min(end, to) - Math.max(begin, from));
    }
  }

  /**
   * @param counted told of all time that is added to a stage's
   */
  WorkTimes(LongSupplier nanoTime, BiConsumer<Stage, WorkTime> counted) {
    this.nanoTime = nanoTime;
    this.counted = counted;
  }

  /** A clock of a worker of this process. */
  WorkClock clock(Stage stage) {
    return clock(time -> add(stage, time));
  }

  /** A clock whose time is given to {@code sink}. */
  WorkClock clock(Consumer<WorkTime> sink) {
    WorkClock clock = new WorkClock(nanoTime, this::closed);
    clocks.put(clock, sink);
    return clock;
  }

  private void closed(WorkClock clock) {
    Consumer<WorkTime> sink = clocks.remove(clock);
    if (sink != null) {
      read(clock, sink);
    }
  }

  private void read(WorkClock clock, Consumer<WorkTime> sink) {
    WorkTime time = clock.take();
    sink.accept(paused ? time.paused(ALL) : time);
  }

  /** Reads every clock. */
  void read() {
    clocks.forEach(this::read);
  }

  /** A worker's time has arrived: it waited first, then computed, until now. */
  void arrived(Stage stage, WorkTime time) {
    add(stage, time.paused(pausedDuring(time)));
  }

  private synchronized void add(Stage stage, WorkTime time) {
    totals.merge(stage, time, WorkTime::plus);
    counted.accept(stage, time);
  }

  /** All time of a stage's workers until now. */
  WorkTime total(Stage stage) {
    read();
    synchronized (this) {
      return totals.getOrDefault(stage, WorkTime.NONE);
    }
  }

  /** A stage has so many workers from now on. */
  synchronized void present(Stage stage, int workers) {
    long now = nanoTime.getAsLong();
    long before = presences.getOrDefault(stage, Presence.NONE).nanos(now);
    presences.put(stage, new Presence(workers, now, before));
  }

  /** Time that the workers of a stage were there until now, added up. */
  synchronized Duration present(Stage stage) {
    return Duration.ofNanos(
        presences.getOrDefault(stage, Presence.NONE).nanos(nanoTime.getAsLong()));
  }

  void pause(boolean begins) {
    read();
    synchronized (this) {
      if (begins && !paused) {
        pauses.addLast(new Pause(nanoTime.getAsLong(), Long.MAX_VALUE));
      } else if (!begins && paused) {
        pauses.addLast(new Pause(pauses.removeLast().begin(), nanoTime.getAsLong()));
      }
      if (pauses.size() > MAX_PAUSES) {
        pauses.removeFirst();
      }
    }
    paused = begins;
  }

  private synchronized Duration pausedDuring(WorkTime time) {
    long begin = nanoTime.getAsLong() - time.total().toNanos();
    long end =
        begin
            + time.blocked(BlockedReason.INPUT).toNanos()
            + time.blocked(BlockedReason.ADMISSION).toNanos();
    return Duration.ofNanos(pauses.stream().mapToLong(pause -> pause.overlap(begin, end)).sum());
  }
}
