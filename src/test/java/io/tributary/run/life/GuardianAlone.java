package io.tributary.run.life;

import io.tributary.config.EffectiveConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.ServiceControl.Action;
import io.tributary.protocol.ServiceControl.Answer;
import io.tributary.protocol.ServiceControl.Unable;
import io.tributary.run.assembly.TrainingParts;
import io.tributary.run.assembly.WorkerBehaviors;
import io.tributary.run.files.RunDirectory;
import io.tributary.run.watch.RunConsole;
import io.tributary.run.watch.RunWatch;
import io.tributary.run.watch.StreamMetrics;
import io.tributary.testing.Commands;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.run.TinyRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Terminated;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The guardian alone: its children do nothing. */
@ExtendWith(TorchExtension.class)
abstract class GuardianAlone {
  @TempDir Path directory;
  final StringWriter shown = new StringWriter();
  final CompletableFuture<Void> outcome = new CompletableFuture<>();
  final AtomicLong nanos = new AtomicLong();
  TinyRun tiny;
  RunDirectory files;
  TrainingParts parts;
  RunMetrics metrics;
  RunWatch watch;
  LiveConfig live;
  RunServices services;
  BehaviorTestKit<GuardianCommand> guardian;

  @BeforeEach
  void make() throws IOException {
    tiny = new TinyRun(directory);
    make(Map.of());
  }

  void make(Map<String, String> overrides) {
    TributaryConfig config = tiny.config("alone", overrides);
    parts = new TrainingParts(config);
    files = RunDirectory.claim(config, false, 0);
    metrics = new RunMetrics(Map.of("letter", 1.0), Clock.systemUTC());
    live = new LiveConfig(EffectiveConfig.of(config), files, metrics);
    RunConsole console = new RunConsole(new PrintWriter(shown), false);
    StreamMetrics stream = new StreamMetrics(metrics, 8);
    watch =
        new RunWatch(
            live::current,
            metrics,
            console,
            stream,
            Map.of("letter", 1.0),
            event -> {},
            Clock.systemUTC(),
            nanos::get);
    services =
        new RunServices(
            live,
            parts,
            WorkerBehaviors.of(parts, metrics),
            files,
            metrics,
            watch,
            stream,
            console);
    guardian = BehaviorTestKit.create(new BeforeRun(services, null, outcome).behavior());
  }

  @AfterEach
  void close() {
    files.close();
    parts.close();
  }

  Answer perform(Action action) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    guardian.run(new GuardianCommand.Perform(action, answer));
    return answer.getNow(new Unable("no answer"));
  }

  Answer change(Map<String, String> values) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    guardian.run(
        new GuardianCommand.Change(
            values, "somebody", Instant.EPOCH, new CompletableFuture<>(), answer));
    return answer.getNow(new Unable("no answer"));
  }

  /** A command that only the guardian tells itself. */
  static GuardianCommand command(String name, Map<Class<?>, Object> values) {
    return Stream.of(GuardianCommand.class.getPermittedSubclasses())
        .filter(type -> type.getSimpleName().equals(name))
        .map(type -> (GuardianCommand) Commands.message(type, values))
        .findAny()
        .orElseThrow();
  }

  @SuppressWarnings({
    "unchecked",
    "rawtypes"
  }) // the signal's constructor wants a reference to Nothing
  void stop(String child) {
    guardian.signal(new Terminated((ActorRef) guardian.childInbox(child).getRef()));
  }
}
