package io.tributary.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsoleLogTest {
  @ParameterizedTest
  @CsvSource({
    "org.apache.pekko.remote.artery.Association, DENY",
    "io.tributary.run.life.TrainingService, NEUTRAL",
    "org.apache.pekkoish.Other, NEUTRAL"
  })
  void onlyMessagesOfTheActorLibraryAreKeptOffTheConsole(String logger, FilterReply reply) {
    LoggingEvent event = new LoggingEvent();
    event.setLoggerName(logger);

    assertThat(new ConsoleLog.LibraryFilter().decide(event)).isEqualTo(reply);
  }
}
