package io.tributary.testing.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.tributary.config.EffectiveConfig;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.ServiceControl.Action;
import io.tributary.run.assembly.TrainingParts;
import io.tributary.run.assembly.WorkerBehaviors;
import io.tributary.run.life.TrainingService;
import io.tributary.run.watch.RunConsole;
import io.tributary.testing.Http;
import io.tributary.testing.Waiting;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A tiny run in this process that goes on until it is closed. */
public final class LiveRun implements AutoCloseable {
  private static final Pattern HTTP = Pattern.compile("(?m)^run \\S+: (http://\\S+), files in ");

  private final StringWriter shown = new StringWriter();
  private final TrainingService service;
  private final CompletableFuture<Void> run;
  private volatile RunMetrics metrics;

  private LiveRun(
      TinyRun tiny,
      String name,
      Map<String, String> overrides,
      BiFunction<TrainingParts, RunMetrics, WorkerBehaviors> workers) {
    Map<String, String> all = new HashMap<>(overrides);
    all.put("run.steps", "100000000");
    all.put("shutdown.grace", "2s");
    this.service =
        new TrainingService(
            EffectiveConfig.of(tiny.config(name, all)),
            new RunConsole(new PrintWriter(shown), false),
            event -> {},
            (parts, madeMetrics) -> {
              metrics = madeMetrics;
              return workers.apply(parts, madeMetrics);
            },
            Clock.systemUTC());
    this.run =
        CompletableFuture.runAsync(
            () -> service.run(TrainingService.Resume.NO), task -> new Thread(task, name).start());
  }

  /** Begins one whose workers are made by {@code workers}. */
  public static LiveRun begin(
      TinyRun tiny,
      String name,
      Map<String, String> overrides,
      BiFunction<TrainingParts, RunMetrics, WorkerBehaviors> workers) {
    return new LiveRun(tiny, name, overrides, workers);
  }

  /** Begins one with the behaviours that {@code change} makes of those that a run has. */
  public static LiveRun begin(
      TinyRun tiny,
      String name,
      Map<String, String> overrides,
      UnaryOperator<WorkerBehaviors> change) {
    return begin(
        tiny,
        name,
        overrides,
        (parts, metrics) -> change.apply(WorkerBehaviors.of(parts, metrics)));
  }

  /** Waits until this many steps are made. */
  public LiveRun atStep(int step) {
    Waiting.until(
        "step " + step,
        () -> {
          requireAlive();
          return metrics != null && metrics.value(Metric.LEARNER_STEPS) >= step;
        });
    return this;
  }

  /** Fails, with the reason, if the run has ended. */
  public void requireAlive() {
    if (run.isDone()) {
      run.join();
    }
    assertThat(run).as(shown.toString()).isNotDone();
  }

  /** Where it answers; once it has made a step. */
  public Http http() {
    Matcher line = HTTP.matcher(shown.toString());
    assertThat(line.find()).as(shown.toString()).isTrue();
    return new Http(URI.create(line.group(1)));
  }

  public JsonObject status() throws Exception {
    return http().json("/status");
  }

  public RunMetrics metrics() {
    return metrics;
  }

  /** What the console has shown. */
  public String shown() {
    return shown.toString();
  }

  /** Lets the run begin to end. */
  public void drain() {
    service.control().thenAccept(control -> control.perform(Action.DRAIN, "test"));
  }

  /** Ends it; whether with its last checkpoint or not, does not matter. */
  @Override
  public void close() {
    drain();
    run.handle((done, failure) -> true)
        .orTimeout(Waiting.PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .join();
  }
}
