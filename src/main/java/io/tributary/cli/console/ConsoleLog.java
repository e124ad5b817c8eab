package io.tributary.cli.console;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes which log messages go to standard error; {@code logback.xml} has the default. */
public final class ConsoleLog {
  private static final String APPENDER = "CONSOLE";

  private ConsoleLog() {}

  /**
   * Keeps messages of the actor library off the console. The program reports failures of actors
   * itself, and their stack traces are in the log of the run.
   */
  public static final class LibraryFilter extends Filter<ILoggingEvent> {
    @Override
    public FilterReply decide(ILoggingEvent event) {
      boolean library = event.getLoggerName().startsWith("org.apache.pekko.");
      return library ? FilterReply.DENY : FilterReply.NEUTRAL;
    }
  }

  /** Shows all log messages. */
  public static void showAll() {
    Appender<ILoggingEvent> console = console();
    if (console != null) {
      console.clearAllFilters();
    }
  }

  /** Clears a row that is updated in place before each message that is shown. */
  public static void clearBeforehand(Runnable row) {
    Appender<ILoggingEvent> console = console();
    if (console != null) {
      console.addFilter(
          new Filter<>() {
            @Override
            public FilterReply decide(ILoggingEvent event) {
              row.run(); // this is the last filter: the message will be shown
              return FilterReply.NEUTRAL;
            }
          });
    }
  }

  private static @Nullable Appender<ILoggingEvent> console() {
    return LoggerFactory.getILoggerFactory() instanceof LoggerContext context
        ? context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(APPENDER)
        : null;
  }
}
