package io.tributary.cli.console;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;

/**
 * Keeps what the actor library says off the console: a failure of an actor is told by the program
 * itself, in its own words, and stands with its stack trace in the log of the run.
 */
public final class LibraryFilter extends Filter<ILoggingEvent> {
  private static final String LIBRARY = "org.apache.pekko.";

  @Override
  public FilterReply decide(ILoggingEvent event) {
    return event.getLoggerName().startsWith(LIBRARY) ? FilterReply.DENY : FilterReply.NEUTRAL;
  }
}
