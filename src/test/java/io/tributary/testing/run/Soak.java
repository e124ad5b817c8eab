package io.tributary.testing.run;

import io.tributary.config.EffectiveConfig;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.run.assembly.WorkerBehaviors;
import io.tributary.run.life.TrainingService;
import io.tributary.run.watch.RunConsole;
import io.tributary.tensor.Torch;
import io.tributary.testing.Http;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A run at full speed for some minutes, in this process, that ends with a drain. Its resident
 * memory and what lives on the Java heap may not grow, and every sequence that was drawn has to be
 * learned or dropped. Where it is stirred, workers are killed or return garbage, the learner fails,
 * and both sides are paused and resized over HTTP all the while.
 */
public final class Soak {
  /**
   * The last half of the run may be this much larger than it was at its beginning, in the trend.
   */
  private static final double MAX_GROWTH = 0.05;

  /** What the process has to warm up is not judged. */
  private static final double WARM_UP = 0.25;

  /** Nor is the first minute, of which a short soak may give no more than its first half. */
  private static final int WARM_UP_SAMPLES = 60;

  /** Objects that live may take this many bytes more at the end than when it was warm. */
  private static final long MAX_HEAP_GROWTH = 8 << 20;

  private static final long SAMPLE_MILLIS = 1000;
  private static final Pattern HTTP = Pattern.compile("run soak: (http://\\S+),");

  private record Memory(double seconds, double bytes) {}

  private final TinyRun tiny;
  private final double minutes;
  private final boolean stirred;
  private final Random random;
  private final PrintStream out;
  private final Path shown; // on disk: in memory it would look like a leak
  private final AtomicInteger samplerFaults = new AtomicInteger();
  private final AtomicInteger scorerFaults = new AtomicInteger();
  private final AtomicInteger learnerFaults = new AtomicInteger();
  private final AtomicInteger garbage = new AtomicInteger();
  private int requests;
  private int refused;
  private long warmHeap;
  private long lastHeap;
  private volatile RunMetrics metrics;

  public Soak(Path directory, double minutes, boolean stirred, long seed, PrintStream out)
      throws IOException {
    this.tiny = new TinyRun(directory);
    this.shown = tiny.output("soak");
    this.minutes = minutes;
    this.stirred = stirred;
    this.random = new Random(seed);
    this.out = out;
  }

  /** {@code Soak MINUTES stir|still SEED DIRECTORY}: ends with 1 if anything was found. */
  public static void main(String[] arguments) throws Exception {
    Torch.load(1);
    Soak soak =
        new Soak(
            Path.of(arguments[3]),
            Double.parseDouble(arguments[0]),
            arguments[1].equals("stir"),
            Long.parseLong(arguments[2]),
            System.out);
    System.exit(soak.run() ? 0 : 1);
  }

  private boolean run() throws Exception {
    TrainingService service =
        new TrainingService(
            EffectiveConfig.of(
                tiny.config(
                    "soak",
                    Map.ofEntries(
                        Map.entry("run.steps", "100000000"),
                        Map.entry("samplers.count", "2"),
                        Map.entry("learner.optimizer.learning-rate", "1e-5"),
                        Map.entry("learner.max-restarts", "1000000"),
                        Map.entry("stream.max-staleness-steps", "2"),
                        Map.entry("stream.max-lost-workers", "1000000"),
                        Map.entry("stream.stall-timeout", "5s"),
                        Map.entry("checkpoint.interval-steps", "200"),
                        Map.entry("evaluation.interval-steps", "500")))),
            new RunConsole(new PrintWriter(Files.newBufferedWriter(shown), true), false),
            event -> {},
            (parts, madeMetrics) -> {
              metrics = madeMetrics;
              WorkerBehaviors workers = WorkerBehaviors.of(parts, madeMetrics);
              return stirred ? faulty(workers) : workers;
            },
            Clock.systemUTC());
    CompletableFuture<Void> run =
        CompletableFuture.runAsync(() -> service.run(TrainingService.Resume.NO));
    Http http = http(run);
    List<Memory> memory = new ArrayList<>();
    long start = System.nanoTime();
    long nanos = (long) (minutes * 60e9);
    double warmUp =
        Math.max(WARM_UP * nanos, Math.min(WARM_UP_SAMPLES * SAMPLE_MILLIS * 1e6, nanos / 2.0));
    while (System.nanoTime() - start < nanos && !run.isDone()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(SAMPLE_MILLIS));
      memory.add(new Memory((System.nanoTime() - start) / 1e9, residentBytes()));
      if (warmHeap == 0 && System.nanoTime() - start >= warmUp) {
        warmHeap = livingBytes();
      }
      if (stirred) {
        stir(http);
      }
    }
    lastHeap = livingBytes();
    if (!run.isDone()) {
      post(http, "/control/drain");
    }
    try {
      run.get(2, TimeUnit.MINUTES);
    } catch (java.util.concurrent.ExecutionException e) {
      out.println("the run has failed: " + e.getCause());
    }
    return judge(run, memory);
  }

  /** About one draw of some thousands meets a fault, on whichever worker has it. */
  private WorkerBehaviors faulty(WorkerBehaviors workers) {
    WorkerBehaviors changed =
        FaultyWorkers.samplersAt(some(3000, samplerFaults), FaultyWorkers::fail).apply(workers);
    changed = FaultyWorkers.scorersAt(some(3000, scorerFaults), FaultyWorkers::fail).apply(changed);
    changed =
        FaultyWorkers.drawsAt(
                some(3000, garbage),
                draw ->
                    new io.tributary.data.Draw(
                        draw.number() + 1,
                        draw.purpose(),
                        draw.proposalVersion(),
                        draw.sequences()))
            .apply(changed);
    return FaultyWorkers.poisonLearnerAt(some(8000, learnerFaults)).apply(changed);
  }

  private Predicate<Long> some(int oneIn, AtomicInteger counted) {
    Random chance = new Random(random.nextLong());
    return draw -> {
      synchronized (chance) {
        boolean hit = chance.nextInt(oneIn) == 0;
        if (hit) {
          counted.incrementAndGet();
        }
        return hit;
      }
    };
  }

  /** One request in some seconds: a pause that ends soon, or another number of workers. */
  private void stir(Http http) throws Exception {
    switch (random.nextInt(12)) {
      case 0 -> pause(http, "/control/pause-sampling");
      case 1 -> pause(http, "/control/pause-learning");
      case 2 -> change(http, "samplers.count", 1 + random.nextInt(4));
      case 3 -> change(http, "scorers.count", 1 + random.nextInt(3));
      case 4 -> change(http, "stream.max-staleness-steps", random.nextInt(4));
      case 5 -> post(http, random.nextBoolean() ? "/control/checkpoint" : "/control/swap-proposal");
      default -> {}
    }
  }

  private void pause(Http http, String path) throws Exception {
    post(http, path);
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(500)));
    post(http, "/control/resume");
  }

  private void post(Http http, String path) throws Exception {
    count(http.post(path));
  }

  private void change(Http http, String key, int value) throws Exception {
    count(
        http.send(
            http.request("/config")
                .header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString("{\"%s\": %d}".formatted(key, value)))));
  }

  /** While the learner starts again, some things can't be done, which is no fault. */
  private void count(HttpResponse<String> answer) {
    requests++;
    if (answer.statusCode() == 409) {
      refused++;
    } else if (answer.statusCode() != 200) {
      throw new IllegalStateException("got " + answer.statusCode() + ": " + answer.body());
    }
  }

  private Http http(CompletableFuture<Void> run) throws IOException {
    Matcher line = HTTP.matcher(Files.readString(shown));
    while (!line.find()) {
      if (run.isDone()) {
        run.join();
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      line = HTTP.matcher(Files.readString(shown));
    }
    return new Http(URI.create(line.group(1)));
  }

  private static double residentBytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToDouble(line -> 1024 * Double.parseDouble(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  /** What is used of the heap once all that is not needed any more is collected. */
  private static long livingBytes() {
    var heap = ManagementFactory.getMemoryMXBean();
    heap.gc(); // and once more for what was held by what had to be cleaned up first
    heap.gc();
    return heap.getHeapMemoryUsage().getUsed();
  }

  private boolean judge(CompletableFuture<Void> run, List<Memory> memory) {
    Conservation counted = Conservation.ofScrape(metrics);
    int warm =
        Math.max((int) (WARM_UP * memory.size()), Math.min(WARM_UP_SAMPLES, memory.size() / 2));
    List<Memory> judged = memory.subList(warm, memory.size());
    double mean = judged.stream().mapToDouble(Memory::bytes).average().orElseThrow();
    double seconds = judged.get(judged.size() - 1).seconds() - judged.get(0).seconds();
    double growth = slope(judged) * seconds / mean;
    boolean conserved = counted.holds() && counted.equals(Conservation.of(metrics));
    boolean constant = growth <= MAX_GROWTH;
    boolean heapConstant = warmHeap > 0 && lastHeap - warmHeap <= MAX_HEAP_GROWTH;
    row("steps of the run", metrics.value(Metric.LEARNER_STEPS));
    row("sequences drawn", (double) counted.drawn());
    row("learned", (double) counted.learned());
    counted.dropped().forEach((reason, count) -> row("dropped, " + reason, (double) count));
    row("still in the stream", (double) counted.inStream());
    row("missing", (double) counted.missing());
    row("drawn by the evaluator", metrics.value(Metric.STAGE_SEQUENCES_TOTAL, "evaluator"));
    row("samplers killed", samplerFaults.get());
    row("scorers killed", scorerFaults.get());
    row("draws of garbage", garbage.get());
    row("failures of the learner", learnerFaults.get());
    row("requests over HTTP", requests);
    row("of which not possible then", refused);
    out.printf("%-28s %,14.1f MiB%n", "resident memory, mean", mean / (1 << 20));
    out.printf(
        "%-28s %+14.2f %% in %.0f s, allowed %.0f %%%n",
        "its trend", 100 * growth, seconds, 100 * MAX_GROWTH);
    out.printf("%-28s %,14.1f MiB%n", "heap in use, when warm", warmHeap / 1048576.0);
    out.printf(
        "%-28s %,14.1f MiB, allowed %+.0f MiB%n",
        "heap in use, at the end", lastHeap / 1048576.0, MAX_HEAP_GROWTH / 1048576.0);
    boolean ended = !run.isCompletedExceptionally();
    out.println(
        "conservation: %s; memory: %s; heap: %s; the run: %s"
            .formatted(
                conserved ? "exact" : "VIOLATED",
                constant ? "constant" : "GROWS",
                heapConstant ? "constant" : "GROWS",
                ended ? "drained" : "FAILED"));
    return conserved && constant && heapConstant && ended;
  }

  private void row(String what, double value) {
    out.printf("%-28s %,14.0f%n", what, value);
  }

  /** Least squares, in bytes a second. */
  private static double slope(List<Memory> samples) {
    double t = samples.stream().mapToDouble(Memory::seconds).average().orElseThrow();
    double m = samples.stream().mapToDouble(Memory::bytes).average().orElseThrow();
    double products = samples.stream().mapToDouble(s -> (s.seconds() - t) * (s.bytes() - m)).sum();
    double squares = samples.stream().mapToDouble(s -> (s.seconds() - t) * (s.seconds() - t)).sum();
    return products / squares;
  }
}
