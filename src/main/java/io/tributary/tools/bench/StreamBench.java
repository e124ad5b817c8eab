package io.tributary.tools.bench;

import io.tributary.config.EffectiveConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.protocol.LearnerEvent;
import io.tributary.protocol.LearnerEvent.Stepped;
import io.tributary.run.assembly.WorkerBehaviors;
import io.tributary.run.life.TrainingService;
import io.tributary.run.life.TrainingService.Resume;
import io.tributary.run.watch.RunConsole;
import java.io.PrintWriter;
import java.io.Writer;
import java.time.Clock;

/**
 * The whole stream, as a run has it: the time from the end of its last step of warm-up to the end
 * of its last step, with publication and replacement of the proposal, without evaluation and
 * without checkpoints.
 */
final class StreamBench {
  private final TributaryConfig config;
  private final long warmupSteps;
  private long sequences;
  private long start;
  private long end;

  /**
   * @param config of a run that evaluates at its end only and writes no checkpoint
   * @param warmupSteps first steps, which are not measured
   */
  StreamBench(TributaryConfig config, long warmupSteps) {
    this.config = config;
    this.warmupSteps = warmupSteps;
  }

  /** Runs it; sequences per second. */
  double sequencesPerSecond() {
    RunConsole silent = new RunConsole(new PrintWriter(Writer.nullWriter()), false);
    new TrainingService(
            EffectiveConfig.of(config), silent, this::hear, WorkerBehaviors::of, Clock.systemUTC())
        .run(Resume.NO);
    return sequences / ((end - start) / 1e9);
  }

  private synchronized void hear(LearnerEvent event) {
    if (event instanceof Stepped stepped) {
      end = System.nanoTime();
      if (stepped.step() == warmupSteps) {
        start = end;
      } else if (stepped.step() > warmupSteps) {
        sequences = (stepped.step() - warmupSteps) * config.learner().batchSize();
      }
    }
  }
}
