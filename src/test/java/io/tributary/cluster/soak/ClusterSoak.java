package io.tributary.cluster.soak;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tributary.tensor.Torch;
import io.tributary.testing.Cli;
import io.tributary.testing.run.TinyRun;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A trainer and workers that the {@link Nemesis} treats badly for some time, and then the check of
 * what they have written.
 */
final class ClusterSoak {
  private static final int DRAW = 8;
  private static final int BATCH = 32;
  private static final List<String> RUN =
      List.of(
          "run.steps=100000000",
          "samplers.batch-size=" + DRAW,
          "samplers.max-length=16",
          "learner.batch-size=" + BATCH,
          "learner.micro-batch-size=" + BATCH,
          "learner.optimizer.learning-rate=1e-5",
          "learner.optimizer.schedule=constant",
          "partition-function.bootstrap-sequences=" + 2 * BATCH,
          "partition-function.bootstrap-hits=0",
          "publish.interval-steps=10",
          "proposal.criterion=always",
          "evaluation.interval-steps=500",
          "evaluation.sequences=64",
          "checkpoint.interval-steps=20");

  /**
   * How to soak.
   *
   * @param seconds after which no further round begins
   * @param rounds after which it ends in any case
   * @param staleness bound on it, in steps; with 0 the run is compared with an undisturbed one
   * @param removal after which an unreachable worker is removed
   * @param kinds of faults
   * @param more settings of the run, as KEY=VALUE
   */
  record Plan(
      double seconds,
      int rounds,
      long seed,
      int workers,
      int staleness,
      double patience,
      Duration removal,
      Schedule.Pace pace,
      List<FaultKind> kinds,
      List<String> more) {
    Plan {
      kinds = List.copyOf(kinds);
      more = List.copyOf(more);
    }

    private boolean endsTheTrainer() {
      return kinds.stream().anyMatch(kind -> kind.part() == FaultKind.Part.TRAINER);
    }
  }

  private final Plan plan;
  private final TinyRun tiny;
  private final PrintStream out;

  ClusterSoak(Path directory, Plan plan, PrintStream out) throws IOException {
    this.plan = plan;
    this.tiny = new TinyRun(directory);
    this.out = out;
  }

  /** Soaks and checks; the findings are shown too. */
  List<Finding> run() throws Exception {
    Journal journal = new Journal(tiny.directory(), out);
    List<String> settings = new ArrayList<>(RUN);
    settings.add("stream.max-staleness-steps=" + plan.staleness());
    settings.addAll(plan.more());
    journal.write("plan", "plan", plan);
    SoakCluster cluster =
        new SoakCluster(
            tiny,
            new SoakCluster.Settings(
                plan.workers(), settings, plan.removal(), plan.endsTheTrainer()),
            journal);
    Thread cleaning = new Thread(() -> close(cluster), "cleaning");
    Runtime.getRuntime().addShutdownHook(cleaning);
    try (cluster) {
      new Nemesis(cluster, journal, plan.workers(), plan.patience())
          .run(
              new Schedule(plan.seed(), plan.workers(), plan.pace(), plan.kinds()),
              plan.seconds(),
              plan.rounds());
    } finally {
      Runtime.getRuntime().removeShutdownHook(cleaning);
    }
    return check(settings);
  }

  private static void close(SoakCluster cluster) {
    try {
      cluster.close();
    } catch (IOException e) {
      System.err.println(e);
    }
  }

  private List<Finding> check(List<String> settings) throws IOException {
    List<JsonObject> journal = rows(tiny.directory().resolve(Journal.FILE));
    Path home = tiny.home(SoakCluster.RUN);
    List<Draws> starts = new ArrayList<>();
    for (int start = 1; start <= starts(journal); start++) {
      Path draws = tiny.directory().resolve(Draws.file(start));
      if (Files.exists(draws)) { // otherwise it ended before it began
        starts.add(Draws.read(draws));
      }
    }
    List<String> rows = tiny.metrics(SoakCluster.RUN).lines().toList();
    long steps = rows.isEmpty() ? 0 : step(rows.get(rows.size() - 1));
    List<Finding> findings = new ArrayList<>();
    findings.addAll(
        new DrawCheck(
                starts, rows(home.resolve("versions.jsonl")), DRAW, BATCH, plan.staleness(), steps)
            .findings());
    findings.addAll(
        new ClusterCheck(journal, log(home), plan.workers(), plan.patience()).findings());
    if (plan.staleness() == 0) {
      findings.add(identity(settings, rows, steps));
    }
    table(journal);
    findings.forEach(out::println);
    return findings;
  }

  /** How often the trainer was started. */
  private static long starts(List<JsonObject> journal) {
    return journal.stream()
        .filter(row -> row.get("event").getAsString().equals("start"))
        .filter(row -> row.get("name").getAsString().equals(SoakCluster.TRAINER))
        .count();
  }

  private static List<JsonObject> rows(Path file) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.map(line -> JsonParser.parseString(line).getAsJsonObject()).toList();
    }
  }

  /** With what was put aside when it became large. */
  private static List<String> log(Path home) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String name : List.of(".5", ".4", ".3", ".2", ".1", "")) {
      Path file = home.resolve("tributary.log" + name);
      if (Files.exists(file)) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines;
  }

  private Finding identity(List<String> settings, List<String> rows, long steps)
      throws IOException {
    List<String> arguments = new ArrayList<>(settings);
    arguments.add("run.steps=" + Math.max(1, steps));
    out.printf("now %d steps in one process, to compare%n", steps);
    Cli undisturbed = tiny.run("undisturbed", arguments.toArray(String[]::new));
    if (undisturbed.exitCode() != 0) {
      throw new IllegalStateException(undisturbed.err());
    }
    return new Identity(rows, tiny.metrics("undisturbed").lines().toList()).finding();
  }

  private static long step(String row) {
    return JsonParser.parseString(row).getAsJsonObject().get("step").getAsLong();
  }

  private void table(List<JsonObject> journal) {
    Map<String, Integer> counts = new TreeMap<>();
    for (JsonObject row : journal) {
      if (row.get("event").getAsString().equals("fault")) {
        counts.merge(row.get("kind").getAsString(), 1, Integer::sum);
      }
    }
    counts.forEach((kind, count) -> out.printf("%-16s %4d%n", kind, count));
  }

  /**
   * {@code ClusterSoak DIRECTORY MINUTES [--seed N] [--staleness STEPS] [--patience SECONDS]
   * [--workers N] [--only KIND,KIND] [--kill-trainer]}: ends with 1 if anything was found.
   */
  public static void main(String[] arguments) throws Exception {
    List<String> options = new ArrayList<>(Arrays.asList(arguments).subList(2, arguments.length));
    List<FaultKind> kinds =
        options.remove("--kill-trainer")
            ? List.of(FaultKind.values())
            : FaultKind.sparingTheTrainer();
    Map<String, String> values = new TreeMap<>();
    for (int i = 0; i + 1 < options.size(); i += 2) {
      values.put(options.get(i), options.get(i + 1));
    }
    Duration removal = Duration.ofSeconds(15);
    Plan plan =
        new Plan(
            60 * Double.parseDouble(arguments[1]),
            Integer.MAX_VALUE,
            Long.parseLong(values.getOrDefault("--seed", "1")),
            Integer.parseInt(values.getOrDefault("--workers", "4")),
            Integer.parseInt(values.getOrDefault("--staleness", "0")),
            Double.parseDouble(values.getOrDefault("--patience", "90")),
            removal,
            new Schedule.Pace(7.5, 15, 10, 4),
            values.containsKey("--only")
                ? Stream.of(values.get("--only").split(",", -1)).map(FaultKind::valueOf).toList()
                : kinds,
            List.of("model.base=" + Path.of("test-data/models/base").toAbsolutePath()));
    Torch.load(1);
    List<Finding> findings = new ClusterSoak(Path.of(arguments[0]), plan, System.out).run();
    System.exit(findings.stream().allMatch(Finding::holds) ? 0 : 1);
  }
}
