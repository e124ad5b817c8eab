package io.tributary.run.life;

import io.tributary.config.EffectiveConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.LearnerEvent;
import io.tributary.run.assembly.TrainingParts;
import io.tributary.run.assembly.WorkerBehaviors;
import io.tributary.run.files.RunDirectory;
import io.tributary.run.watch.RunConsole;
import io.tributary.run.watch.RunWatch;
import io.tributary.run.watch.StreamMetrics;
import io.tributary.tensor.NativeHeap;
import java.time.Clock;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * What a run has one of, for all classes that keep it going.
 *
 * @param config the configuration, which operators may change
 * @param parts what the actors compute with
 * @param workers behaviours of samplers and scorers
 */
record RunServices(
    LiveConfig config,
    TrainingParts parts,
    WorkerBehaviors workers,
    RunDirectory directory,
    RunMetrics metrics,
    RunWatch watch,
    StreamMetrics streamMetrics,
    RunConsole console) {

  /**
   * The services of a new process of a run.
   *
   * @param workers makes the behaviours of samplers and scorers
   * @param listener hears every event of the learner
   * @param clock tells the time of day
   */
  static RunServices of(
      EffectiveConfig effective,
      TrainingParts parts,
      RunDirectory directory,
      BiFunction<TrainingParts, RunMetrics, WorkerBehaviors> workers,
      RunConsole console,
      Consumer<LearnerEvent> listener,
      Clock clock) {
    TributaryConfig config = effective.training();
    Map<String, Double> targets = parts.featureTargets();
    RunMetrics metrics = new RunMetrics(targets, clock);
    metrics.info(Metric.RUN_INFO, config.run().name(), config.objective().type().toString());
    NativeHeap.usedBytes().ifPresent(metrics::nativeTensorBytes);
    StreamMetrics streamMetrics = new StreamMetrics(metrics, config.samplers().batchSize());
    LiveConfig live = new LiveConfig(effective, directory, metrics);
    RunWatch watch =
        new RunWatch(
            live::current,
            metrics,
            console,
            streamMetrics,
            targets,
            listener,
            clock,
            System::nanoTime);
    return new RunServices(
        live,
        parts,
        workers.apply(parts, metrics),
        directory,
        metrics,
        watch,
        streamMetrics,
        console);
  }
}
