package io.tributary.learn;

import io.tributary.protocol.LearnerEvent;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds lines to the files of a run. One that can't be written does not stop the run; the user is
 * told of the first in a row. For one thread.
 */
final class LineLog {
  private static final Logger LOG = LoggerFactory.getLogger(LineLog.class);

  private final LongSupplier step;
  private final Consumer<LearnerEvent> events;
  private boolean linesAreLost;

  /** Adds something to a file. */
  interface Writing {
    void write() throws IOException;
  }

  /**
   * @param step the present one, to tell which lines are lost
   * @param events hears of every line that is lost
   */
  LineLog(LongSupplier step, Consumer<LearnerEvent> events) {
    this.step = step;
    this.events = events;
  }

  void add(Writing line) {
    try {
      line.write();
      linesAreLost = false;
    } catch (IOException e) {
      long now = step.getAsLong();
      events.accept(new LearnerEvent.LineLost(now, e.toString()));
      if (!linesAreLost) {
        LOG.error("a line of step {} is lost, and those after it until it works", now, e);
      }
      linesAreLost = true;
    }
  }
}
