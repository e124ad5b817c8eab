package io.tributary.testing.run;

import static io.tributary.stage.learn.LearnerSetup.FIRST_VERSION;
import static io.tributary.testing.run.FaultyWorkers.deafTo;
import static io.tributary.testing.run.FaultyWorkers.flippedBitIn;
import static io.tributary.testing.run.FaultyWorkers.logTargetsPlus;
import static io.tributary.testing.run.FaultyWorkers.onlyAt;
import static io.tributary.testing.run.FaultyWorkers.samplersAfter;
import static io.tributary.testing.run.FaultyWorkers.samplersAt;
import static io.tributary.testing.run.FaultyWorkers.scorersAt;

import io.tributary.data.Sequence;
import io.tributary.metrics.Metric;
import io.tributary.run.assembly.WorkerBehaviors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Runs that go on with the faults that alerts are for, and one that is well. Those that would keep
 * a run from its first steps, and those of its disk, are there from {@link #begin} on, all others
 * from the beginning.
 */
public final class IllRuns {
  /** What a draw takes longer where speed does not matter: others are to have the processors. */
  private static final long UNHURRIED_NANOS = Duration.ofMillis(20).toNanos();

  private static final Map<String, String> SMALL_STEPS =
      Map.of(
          "stream.max-staleness-steps", "2",
          "learner.optimizer.learning-rate", "1e-5",
          "evaluation.interval-steps", "1000000");

  private final TinyRun tiny;
  private final AtomicBoolean ill = new AtomicBoolean();

  public IllRuns(TinyRun tiny) {
    this.tiny = tiny;
  }

  /** Samplers, scorers and the disk begin to fail. */
  public void begin() throws IOException {
    ill.set(true);
    breakDisk("failures");
  }

  /** One that nothing is wrong with. */
  public LiveRun well() {
    return LiveRun.begin(
        tiny,
        "well",
        with(
            SMALL_STEPS,
            Map.of(
                "samplers.max-length", "15",
                "learner.micro-batch-size", "16",
                "stream.max-staleness-steps", "4")),
        workers -> workers);
  }

  /** One of two samplers gets weights with a flipped bit, the other never takes any over. */
  public LiveRun withoutWeights() {
    Predicate<Long> replaced = version -> ill.get() && version > FIRST_VERSION;
    return LiveRun.begin(
        tiny,
        "weights",
        with(
            SMALL_STEPS,
            Map.of(
                "samplers.count", "2",
                "proposal.criterion", "always",
                "publish.interval-steps", "10",
                "publish.timeout", "5s",
                "stream.max-lost-workers", "1000000")),
        workers ->
            onlyAt(1, deafTo(replaced)).apply(onlyAt(0, flippedBitIn(replaced)).apply(workers)));
  }

  /** Scorers take draws and never return them. */
  public LiveRun withoutScores() {
    return LiveRun.begin(tiny, "scores", SMALL_STEPS, scorersAt(draw -> ill.get(), () -> {}));
  }

  /**
   * Samplers and scorers throw, a feature that is searched for without end fails on long texts, and
   * log P(x) grows with the draw's number. The memory that the process takes is as it is; what it
   * may take is stated as {@code memoryLimit}, since a test can't put itself into a container.
   */
  public LiveRun withFailures(long memoryLimit) {
    UnaryOperator<WorkerBehaviors> faults =
        workers -> {
          WorkerBehaviors changed = samplersAt(eachFifth(), FaultyWorkers::fail).apply(workers);
          changed = scorersAt(eachFifth(), FaultyWorkers::fail).apply(changed);
          changed = logTargetsPlus(sequence -> 0.01 * sequence.draw()).apply(changed);
          return samplersAfter(() -> LockSupport.parkNanos(UNHURRIED_NANOS)).apply(changed);
        };
    return LiveRun.begin(
        tiny,
        "failures",
        with(
            SMALL_STEPS,
            Map.of(
                "target.features",
                "[{ name = letter, type = wordlist, words = [a, b, c, d, e, f, g, h, i, j, k, l, m]"
                    + " }, { name = slow, type = regex, pattern ="
                    + " \"(?=.{12}).*.*.*.*.*.*.*.*.*.*.*.*!!!\", moment = 0 }]",
                "checkpoint.interval",
                "500ms",
                "stream.max-drop-rate",
                "1",
                "stream.max-lost-workers",
                "1000000")),
        (parts, metrics) -> {
          metrics.set(Metric.MEMORY_LIMIT_BYTES, memoryLimit);
          return faults.apply(WorkerBehaviors.of(parts, metrics));
        });
  }

  private Predicate<Long> eachFifth() {
    Set<Long> failed = ConcurrentHashMap.newKeySet();
    return draw -> ill.get() && draw % 5 == 0 && failed.add(draw);
  }

  /** What is written to the disk of a run from now on can't be. */
  private void breakDisk(String name) throws IOException {
    Path home = tiny.home(name);
    Files.move(home.resolve("checkpoints"), home.resolve("checkpoints-before"));
    Files.createFile(home.resolve("checkpoints"));
    Files.delete(home.resolve("metrics.jsonl"));
    Files.createDirectory(home.resolve("metrics.jsonl"));
  }

  /**
   * A learner that is slower than sampling, since it takes two sequences at a time, whose learning
   * rate makes everything NaN, and scorers that find weights with a tail of k = 4.
   */
  public LiveRun thatLearnsNothing() {
    return LiveRun.begin(
        tiny,
        "learner",
        with(
            SMALL_STEPS,
            Map.of(
                "samplers.count", "2",
                "target.features", "[{ name = any, type = regex, pattern = \"(?s).\" }]",
                "learner.batch-size", "64",
                "learner.micro-batch-size", "2",
                "learner.optimizer.learning-rate", "1e30",
                "learner.max-nonfinite-steps", "1000000")),
        logTargetsPlus(IllRuns::heavyTail));
  }

  /** Its learning rate is so high that the policy forgets what the target is made of. */
  public LiveRun thatForgets() {
    return LiveRun.begin(
        tiny,
        "forgets",
        with(
            SMALL_STEPS,
            Map.of(
                "partition-function.bootstrap-sequences", "256",
                "learner.optimizer.learning-rate", "0.1")),
        samplersAfter(() -> LockSupport.parkNanos(UNHURRIED_NANOS)));
  }

  private static double heavyTail(Sequence sequence) {
    Random random = new Random(31 * sequence.draw() + sequence.index());
    random.nextDouble(); // neighbouring seeds have neighbouring first numbers
    return -4 * Math.log(1 - random.nextDouble());
  }

  /** A process whose heap is nearly full. */
  public RunProcess withFullHeap() throws IOException {
    ProcessBuilder process = tiny.process("heap", "run.steps=100000000");
    process
        .command()
        .replaceAll(
            argument ->
                switch (argument) {
                  case "io.tributary.Main" -> FullHeap.class.getName();
                  case "-XX:+UseSerialGC" -> "-XX:+UseG1GC";
                  default -> argument;
                });
    process.command().add(1, "-Xmx256m");
    return tiny.start("heap", process);
  }

  private static Map<String, String> with(Map<String, String> settings, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(settings);
    all.putAll(more);
    return all;
  }
}
