package io.tributary.cli.console;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What of the log goes to standard error; {@code logback.xml} says it for the usual case. */
public final class ConsoleLog {
  private static final String APPENDER = "CONSOLE";

  private ConsoleLog() {}

  /** Lets everything through that is logged. */
  public static void showAll() {
    Appender<ILoggingEvent> console = console();
    if (console != null) {
      console.clearAllFilters();
    }
  }

  /** Has a row that is renewed in place cleared before a message that is shown. */
  public static void clearBeforehand(Runnable row) {
    Appender<ILoggingEvent> console = console();
    if (console != null) {
      console.addFilter(
          new Filter<>() {
            @Override
            public FilterReply decide(ILoggingEvent event) {
              row.run(); // the last filter: the others have let the message through
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
