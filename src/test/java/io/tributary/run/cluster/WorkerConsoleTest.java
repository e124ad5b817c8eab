package io.tributary.run.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.cluster.transfer.FetchWatch;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerConsoleTest {
  private final StringWriter shown = new StringWriter();
  private Instant now = Instant.parse("2030-01-01T10:20:00Z");

  private final Clock clock =
      new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          throw new UnsupportedOperationException();
        }

        @Override
        public Instant instant() {
          return now;
        }
      };

  private WorkerConsole console(boolean terminal) {
    return new WorkerConsole(new PrintWriter(shown), terminal, clock);
  }

  private void pass(int seconds) {
    now = now.plus(Duration.ofSeconds(seconds));
  }

  private List<String> lines(WorkerConsole console) {
    assertThat(console.finish()).isTrue();
    return shown.toString().lines().toList();
  }

  @Test
  void whyItWaitsIsSaidWhenTheReasonChangesAndEveryFiveMinutes() {
    WorkerConsole console = console(false);
    console.searches("trainer:17355");
    pass(3);
    console.hindered("Connection refused");
    pass(10);
    console.hindered("Connection refused");
    pass(10);
    console.hindered("its certificate has expired");
    pass(290);
    console.hindered("its certificate has expired");
    pass(10);
    console.hindered("its certificate has expired");
    assertThat(lines(console))
        .containsExactly(
            "waiting for the trainer at trainer:17355",
            "waiting for the trainer at trainer:17355 since 10:20:00: Connection refused",
            "waiting for the trainer at trainer:17355 since 10:20:00: its certificate has expired",
            "waiting for the trainer at trainer:17355 since 10:20:00: its certificate has expired");
  }

  @Test
  void onATerminalARowTellsForHowLongItHasWaited() {
    WorkerConsole console = console(true);
    console.searches("trainer:17355");
    console.hindered("Connection refused");
    pass(10);
    console.hindered("Connection refused");
    assertThat(console.finish()).isTrue();
    assertThat(shown.toString())
        .contains("waiting for the trainer at trainer:17355 for 10 s: Connection refused");
  }

  @Test
  void aLongFetchIsFollowedAndAShortOneIsNot() {
    WorkerConsole console = console(false);
    console.fetching("the run's files", 5_000_000).inPlace(5_000_000);
    FetchWatch progress = console.fetching("proposal 7", 500_000_000);
    progress.inPlace(100_000_000); // left by an earlier attempt
    pass(9);
    progress.inPlace(200_000_000);
    pass(1);
    progress.inPlace(250_000_000);
    pass(9);
    progress.inPlace(400_000_000);
    assertThat(lines(console))
        .containsExactly("fetching proposal 7: 250.0 MB of 500.0 MB, 15.0 MB/s");
  }

  @Test
  void whyAFetchFailsIsToldOnceAMinute() {
    WorkerConsole console = console(false);
    FetchWatch watch = console.fetching("proposal 7", 500_000_000);
    URI source = URI.create("https://trainer:17356");
    for (int second = 0; second < 70; second += 10) {
      watch.failed(source, "Connect timed out");
      pass(10);
    }
    String line =
        "fetching proposal 7 from https://trainer:17356 fails, and is tried again: Connect timed"
            + " out";
    assertThat(lines(console)).containsExactly(line, line);
  }

  @Test
  void aNewProposalIsToldOnceAMinute() {
    WorkerConsole console = console(false);
    console.fetched(1, 7_100_000, Duration.ofMillis(140));
    pass(59);
    console.fetched(2, 7_100_000, Duration.ofMillis(140));
    pass(1);
    console.fetched(3, 7_100_000, Duration.ofMillis(140));
    assertThat(lines(console))
        .containsExactly(
            "proposal 1 is here: 7.1 MB in 0.1 s", "proposal 3 is here: 7.1 MB in 0.1 s");
  }
}
