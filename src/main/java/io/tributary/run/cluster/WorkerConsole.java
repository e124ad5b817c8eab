package io.tributary.run.cluster;

import io.tributary.cluster.transfer.FetchWatch;
import io.tributary.io.TerminalOutput;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator of a worker what it is at: a line for each event, and what takes long now and
 * then, or on a terminal in a row that is updated in place.
 */
public final class WorkerConsole extends TerminalOutput {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerConsole.class);
  private static final Duration WAITING_LINE = Duration.ofMinutes(5);
  private static final Duration PROPOSAL_LINE = Duration.ofMinutes(1);
  private static final Duration LONG_FETCH = Duration.ofSeconds(1);
  private static final Duration FETCH_LINE = Duration.ofSeconds(10);
  private static final Duration FAILED_LINE = Duration.ofMinutes(1);
  private static final Duration FETCH_ROW = Duration.ofMillis(500);
  private static final double MEGABYTE = 1e6;
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

  private final Clock clock;
  private String trainer = "";
  private Instant since = Instant.EPOCH;
  private String obstacle = "";
  private Instant obstacleTold = Instant.EPOCH;
  private Instant proposalTold = Instant.EPOCH;

  /** A console that writes to {@code out}, which may be a terminal. */
  public WorkerConsole(PrintWriter out, boolean terminal, Clock clock) {
    super(out, terminal);
    this.clock = clock;
  }

  /** An event, for the operator and the log. */
  void tell(String event) {
    LOG.info(event);
    line(event);
  }

  /** The worker looks for its trainer. */
  synchronized void searches(String at) {
    trainer = at;
    since = clock.instant();
    tell("waiting for the trainer at " + trainer);
  }

  /** There is still no trainer; said again when the reason is another one, and now and then. */
  synchronized void hindered(String reason) {
    Instant now = clock.instant();
    if (!reason.equals(obstacle) || isPast(WAITING_LINE, obstacleTold, now)) {
      obstacle = reason;
      obstacleTold = now;
      tell("waiting for the trainer at %s since %s: %s".formatted(trainer, time(since), reason));
    } else {
      transientLine(
          "waiting for the trainer at %s for %,d s: %s"
              .formatted(trainer, Duration.between(since, now).toSeconds(), reason));
    }
  }

  /**
   * A file is about to be fetched.
   *
   * @param what names it, for people
   * @return tells how it goes
   */
  FetchWatch fetching(String what, long size) {
    Instant start = clock.instant();
    return new FetchWatch() {
      private Instant shown = start;
      private long first = -1;
      private Instant failed = Instant.EPOCH;

      @Override
      public synchronized void failed(URI source, String reason) {
        Instant now = clock.instant();
        if (isPast(FAILED_LINE, failed, now)) {
          failed = now;
          tell("fetching %s from %s fails, and is tried again: %s".formatted(what, source, reason));
        }
      }

      @Override
      public synchronized void inPlace(long inPlace) {
        Instant now = clock.instant();
        first = first < 0 ? inPlace : first;
        if (isPast(LONG_FETCH, start, now)
            && isPast(isTerminal() ? FETCH_ROW : FETCH_LINE, shown, now)) {
          shown = now;
          String text =
              "fetching %s: %s of %s, %s/s"
                  .formatted(
                      what,
                      megabytes(inPlace),
                      megabytes(size),
                      megabytes(rate(inPlace - first, Duration.between(start, now))));
          if (isTerminal()) {
            transientLine(text);
          } else {
            line(text);
          }
        }
      }
    };
  }

  /** A version of the proposal is here; a line says so now and then. */
  synchronized void fetched(long version, long bytes, Duration took) {
    String text =
        "proposal %,d is here: %s in %.1f s"
            .formatted(version, megabytes(bytes), took.toMillis() / 1e3);
    Instant now = clock.instant();
    if (isPast(PROPOSAL_LINE, proposalTold, now)) {
      proposalTold = now;
      tell(text);
    } else {
      transientLine(text);
    }
  }

  /** A number of bytes, for people to read. */
  static String megabytes(long bytes) {
    return "%,.1f MB".formatted(bytes / MEGABYTE);
  }

  private static long rate(long bytes, Duration time) {
    return bytes * 1000 / Math.max(1, time.toMillis());
  }

  private static boolean isPast(Duration time, Instant since, Instant now) {
    return Duration.between(since, now).compareTo(time) >= 0;
  }

  private String time(Instant instant) {
    return TIME.format(instant.atZone(clock.getZone()));
  }
}
