package io.tributary.testing.run;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.tributary.data.BadInputException;
import io.tributary.model.DecoderConfig;
import io.tributary.model.ModelDirectory;
import io.tributary.stage.learn.checkpoint.CheckpointStore;
import io.tributary.stage.learn.checkpoint.Retention;
import io.tributary.tensor.Torch;
import io.tributary.testing.Cli;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A run whose process is killed at random moments and resumed each time. After each kill every
 * checkpoint there is has to be whole, and the rows have to be those of consecutive steps; the run
 * has to go on from the newest checkpoint, and may not have made more steps after that than
 * checkpoints are apart, or twice as many where they are written in the background. In the end, its
 * rows have to be those of a run that was never disturbed.
 */
public final class KillSoak {
  private static final int CHECKPOINT_STEPS = 5;
  private static final int BATCH = 16;
  private static final String NAME = "killed";
  private static final List<String> SETTINGS =
      List.of(
          "checkpoint.interval-steps=" + CHECKPOINT_STEPS,
          "checkpoint.keep-best=1",
          "samplers.count=2",
          "learner.optimizer.learning-rate=1e-4",
          "learner.optimizer.schedule=constant");
  private static final long PATIENCE_MILLIS = 120_000;
  private static final Pattern RESUMED =
      Pattern.compile("resuming from the checkpoint of step (\\d+)");

  private final TinyRun tiny;
  private final List<String> settings = new ArrayList<>(SETTINGS);
  private final int mayBeLost;
  private final Random random;
  private final PrintStream out;
  private final List<String> violations = new ArrayList<>();
  private long mostLost;

  /**
   * @param directory for the run; it may not hold one yet
   * @param background whether checkpoints are written in the background
   * @param out gets a line for each kill
   */
  public KillSoak(Path directory, boolean background, long seed, PrintStream out)
      throws IOException {
    this.tiny = new TinyRun(directory);
    settings.add("checkpoint.background=" + background);
    // the next one to be due waits for the one that is being written
    this.mayBeLost = background ? 2 * CHECKPOINT_STEPS : CHECKPOINT_STEPS;
    this.random = new Random(seed);
    this.out = out;
  }

  /** {@code KillSoak KILLS SEED DIRECTORY BACKGROUND}: ends with 1 if anything was found. */
  public static void main(String[] arguments) throws Exception {
    int kills = Integer.parseInt(arguments[0]);
    long seed = Long.parseLong(arguments[1]);
    Torch.load(1);
    boolean background = Boolean.parseBoolean(arguments[3]);
    List<String> found =
        new KillSoak(Path.of(arguments[2]), background, seed, System.out).run(kills);
    System.exit(found.isEmpty() ? 0 : 1);
  }

  /** Kills, goes on, compares; what was found to be wrong. */
  public List<String> run(int kills) throws Exception {
    long reached = -1;
    for (int kill = 1; kill <= kills; kill++) {
      long checkpoint = newestCheckpoint();
      RunProcess process = start(Long.MAX_VALUE);
      long delay;
      try {
        delay = waitToKill(process, reached);
      } finally {
        process.kill();
      }
      long resumed = resumedFrom();
      if (resumed >= 0 && resumed != checkpoint) {
        violation(
            kill,
            "went on from step %d, the newest checkpoint was that of %d"
                .formatted(resumed, checkpoint));
      }
      reached = check(kill);
      long lost = reached - Math.max(0, newestCheckpoint());
      mostLost = Math.max(mostLost, lost);
      out.printf(
          "kill %d: after %d ms at step %d, %d of them lost%s%n",
          kill,
          delay,
          reached,
          lost,
          resumed >= 0 ? "; it went on from step %d".formatted(resumed) : "");
      if (lost > mayBeLost) {
        violation(kill, "%d steps are lost, expected at most %d".formatted(lost, mayBeLost));
      }
    }
    compare(Math.max(reached, 0) + CHECKPOINT_STEPS);
    out.printf(
        "%d kills, %d steps, at most %d of them lost by one kill; %s%n",
        kills,
        reached,
        mostLost,
        violations.isEmpty() ? "nothing was found" : violations.size() + " violations");
    violations.forEach(out::println);
    return violations;
  }

  private void violation(int kill, String what) {
    violations.add("VIOLATION at kill " + kill + ": " + what);
  }

  private RunProcess start(long steps) throws IOException {
    List<String> arguments = new ArrayList<>();
    if (Files.exists(tiny.home(NAME).resolve("effective.conf"))) {
      arguments.add("--resume");
    }
    arguments.addAll(settings);
    arguments.add("run.steps=" + Math.min(steps, 1_000_000));
    return tiny.start(NAME, arguments.toArray(String[]::new));
  }

  /** Most kills hit a run that makes steps, some one that is just starting. */
  private long waitToKill(RunProcess process, long reached) throws IOException {
    long start = System.nanoTime();
    if (random.nextInt(5) > 0) {
      while (lastStep() <= reached || !isRunning()) {
        if (!process.isAlive() || millisSince(start) > PATIENCE_MILLIS) {
          throw new IllegalStateException(
              "the run does not go on: " + Files.readString(tiny.output(NAME)));
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
      }
    }
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(1500)));
    if (!process.isAlive()) {
      throw new IllegalStateException("the run has ended: " + Files.readString(tiny.output(NAME)));
    }
    return millisSince(start);
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  private boolean isRunning() throws IOException {
    return Files.readString(tiny.output(NAME)).contains("run " + NAME + ": http");
  }

  private long resumedFrom() throws IOException {
    Matcher line = RESUMED.matcher(Files.readString(tiny.output(NAME)));
    return line.find() ? Long.parseLong(line.group(1)) : -1;
  }

  private CheckpointStore store() {
    return new CheckpointStore(tiny.home(NAME).resolve("checkpoints"), new Retention(2, 0, 0));
  }

  private long newestCheckpoint() {
    List<Long> steps = store().steps();
    return steps.isEmpty() ? -1 : steps.get(0);
  }

  /** Looks at what a killed process has left, and returns the last step that it has made. */
  private long check(int kill) throws IOException {
    DecoderConfig model = ModelDirectory.open(tiny.directory().resolve("model")).config();
    for (long step : store().steps()) {
      try {
        store().read(step, model);
      } catch (BadInputException e) {
        violation(kill, String.valueOf(e.getMessage()));
      }
    }
    long last = 0;
    for (JsonObject row : rows("metrics.jsonl")) {
      long step = row.get("step").getAsLong();
      boolean evaluation = row.has("evaluation");
      if (step != (evaluation ? last : last + 1)) {
        violation(kill, "metrics.jsonl has step %d behind step %d".formatted(step, last));
      }
      if (row.get("sequences").getAsLong() != step * BATCH) {
        violation(kill, "step %d says %s sequences".formatted(step, row.get("sequences")));
      }
      last = step;
    }
    long version = 0;
    for (JsonObject row : rows("versions.jsonl")) {
      if (row.get("version").getAsLong() <= version) {
        violation(
            kill, "version %s was given behind version %d".formatted(row.get("version"), version));
      }
      version = row.get("version").getAsLong();
    }
    return last;
  }

  /** All rows; only the last line may be cut off. */
  private List<JsonObject> rows(String file) throws IOException {
    Path path = tiny.home(NAME).resolve(file);
    List<JsonObject> rows = new ArrayList<>();
    if (!Files.exists(path)) {
      return rows;
    }
    String text = new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
    for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
      if (!line.isEmpty()) {
        try {
          rows.add(JsonParser.parseString(line).getAsJsonObject());
        } catch (JsonParseException | IllegalStateException e) {
          rows.add(new JsonObject()); // a kill may cut a line off; the next process ends it
        }
      }
    }
    rows.removeIf(row -> row.size() == 0);
    return rows;
  }

  private long lastStep() throws IOException {
    List<JsonObject> rows = rows("metrics.jsonl");
    return rows.isEmpty() ? -1 : rows.get(rows.size() - 1).get("step").getAsLong();
  }

  /** Lets the run come to an end, and another one that nothing disturbs. */
  private void compare(long steps) throws Exception {
    RunProcess process = start(steps);
    if (process.exitCode() != 0) {
      violations.add(
          "VIOLATION: the run has not ended well: " + Files.readString(tiny.output(NAME)));
      return;
    }
    List<String> arguments = new ArrayList<>();
    arguments.addAll(settings);
    arguments.add("run.steps=" + steps);
    Cli whole = tiny.run("whole", arguments.toArray(String[]::new));
    if (whole.exitCode() != 0) {
      violations.add("VIOLATION: the undisturbed run has failed: " + whole.err());
    } else if (!tiny.metrics("whole").equals(tiny.metrics(NAME))) {
      violations.add(
          "VIOLATION: metrics.jsonl is not that of a run that was never killed: "
              + difference(tiny.metrics("whole"), tiny.metrics(NAME)));
    }
  }

  private static String difference(String undisturbed, String killed) {
    List<String> one = undisturbed.lines().toList();
    List<String> other = killed.lines().toList();
    for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
      if (!one.get(i).equals(other.get(i))) {
        return "%n  %s%ninstead of%n  %s".formatted(other.get(i), one.get(i));
      }
    }
    return "%d rows instead of %d".formatted(other.size(), one.size());
  }
}
