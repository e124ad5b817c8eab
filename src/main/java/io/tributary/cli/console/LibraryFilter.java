package io.tributary.cli.console;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;

/**
 * Keeps messages of the actor library off the console. The program reports failures of actors
 * itself, and their stack traces are in the log of the run.
 */
public final class LibraryFilter extends Filter<ILoggingEvent> {
  private static final String LIBRARY = "org.apache.pekko.";

  @Override
  public FilterReply decide(ILoggingEvent event) {
    return event.getLoggerName().startsWith(LIBRARY) ? FilterReply.DENY : FilterReply.NEUTRAL;
  }
}
