package io.tributary.stage.learn;

import io.tributary.protocol.LearnerEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds lines to the files of a run. One that can't be written does not stop the run; the user is
 * told at most once in a minute: on a full disk short lines still find room between long ones. For
 * one thread.
 */
public final class LineLog {
  private static final Logger LOG = LoggerFactory.getLogger(LineLog.class);
  private static final Duration QUIET = Duration.ofMinutes(1);

  private final LongSupplier step;
  private final Consumer<LearnerEvent> events;
  private boolean told;
  private long toldNanos;

  /** Adds something to a file. */
  public interface Writing {
    void write() throws IOException;
  }

  /**
   * @param step the present one, to tell which lines are lost
   * @param events hears of every line that is lost
   */
  public LineLog(LongSupplier step, Consumer<LearnerEvent> events) {
    this.step = step;
    this.events = events;
  }

  public void add(Writing line) {
    try {
      line.write();
    } catch (IOException e) {
      long now = step.getAsLong();
      events.accept(new LearnerEvent.LineLost(now, e.toString()));
      if (!told || System.nanoTime() - toldNanos > QUIET.toNanos()) {
        LOG.error(
            "a line of step {} is lost; so are others until it works, lines_lost_total counts them",
            now,
            e);
        told = true;
        toldNanos = System.nanoTime();
      }
    }
  }
}
