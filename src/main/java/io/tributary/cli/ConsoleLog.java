package io.tributary.cli;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/** What of the log goes to standard error; {@code logback.xml} says it for the usual case. */
final class ConsoleLog {
  /** Marks what a message to the user says already, so that only other appenders take it. */
  static final Marker REPORTED = MarkerFactory.getMarker("REPORTED");

  private static final String APPENDER = "CONSOLE";

  private ConsoleLog() {}

  /** Lets everything through that is logged. */
  static void showAll() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      Appender<ILoggingEvent> console =
          context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(APPENDER);
      if (console != null) {
        console.clearAllFilters();
      }
    }
  }
}
