package io.tributary.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.cli.Tributary;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** {@code scripts/tributary} in this process and in a {@link Sandbox}, with less to do. */
final class Program {
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");

  /** Any text has the feature, so that few sequences are enough. */
  private static final List<String> RUN =
      List.of(
          "run.steps=4",
          "target.features=[{ name = any, type = regex, pattern = \"\" }]",
          "target.fit.sequences=128",
          "partition-function.bootstrap-sequences=8",
          "partition-function.bootstrap-hits=0",
          "samplers.batch-size=8",
          "samplers.max-length=6",
          "learner.batch-size=8",
          "learner.micro-batch-size=8",
          "learner.optimizer.warmup-steps=1",
          "evaluation.sequences=8",
          "checkpoint.interval-steps=2",
          "http.port=0");

  private static final List<String> GRID =
      List.of(
          "run.sequences=8",
          "samplers.batch-size=8",
          "samplers.max-length=6",
          "learner.micro-batch-size=8",
          "partition-function.bootstrap-sequences=512",
          "partition-function.bootstrap-hits=0",
          "evaluation.sequences=8",
          "diagnostics.gradient-variance-interval-steps=0",
          "experiment.grids=[{ tasks = [conf/tasks/task-03-politics.conf], methods = [gdc],"
              + " batch-sizes = [8], seeds = [1] }]");

  private static final List<String> PRETRAIN =
      List.of(
          "pretrain.model={ layers = 1, heads = 1, width = 8, positions = 64 }",
          "pretrain.merges=20",
          "pretrain.steps=2",
          "pretrain.warmup-steps=1",
          "pretrain.held-out-fraction=0.2",
          "pretrain.batch-sequences=8",
          "pretrain.micro-batch-size=8");

  private final Sandbox sandbox;
  private final Map<String, List<String>> settings;
  private final Map<String, String> options;
  private final Set<List<String>> executed = new HashSet<>();
  private String configuration;
  private @Nullable Service service;
  private @Nullable CompletableFuture<Integer> trainer;

  Program(Sandbox sandbox) throws IOException {
    this.sandbox = sandbox;
    this.configuration = sandbox.path("conf/quickstart.conf");
    Path text = sandbox.numbered("text.txt", "A text, number %d.", "Another text, %d.");
    Path labelled = sandbox.numbered("labelled.tsv", "x\t1\tA fine day %d.", "x\t0\tBad day %d.");
    List<String> run = plus(RUN, "run.directory=" + sandbox.resolve("runs"));
    int port = freePort();
    List<String> pretrain =
        plus(PRETRAIN, "pretrain.data=[{ file = \"%s\", format = lines }]".formatted(text));
    this.settings =
        Map.of(
            "run", run,
            "trainer", plus(plus(run, "cluster.port=" + port), "cluster.files-port=0"),
            "service", plus(plus(run, "run.steps=1000000000"), "checkpoint.interval-steps=1000"),
            "fit", run,
            "score", run,
            "evaluate", run,
            "bench", RUN,
            "experiment", plus(GRID, "run.directory=" + sandbox.resolve("runs/experiments")),
            "pretrain", pretrain);
    this.options =
        Map.of(
            "--trainer", "localhost:" + port,
            "--shape", "1,2,8,400,24",
            "--seconds", "0.01",
            "-n", "4",
            "--data", labelled.toString());
  }

  /**
   * Runs a command and expects exit code 0. An {@code echo} before a pipe becomes the input, and a
   * file that the output goes to is written.
   */
  void execute(String command) throws IOException, InterruptedException {
    List<String> words = words(command);
    List<String> input = List.of();
    if (words.get(0).equals("echo")) {
      Path line = Files.writeString(sandbox.resolve("line.txt"), words.get(1) + "\n");
      input = List.of("--input=" + line);
      words = words.subList(words.indexOf("|") + 1, words.size());
    }
    int redirection = words.indexOf(">");
    int end = redirection < 0 ? words.size() : redirection;
    String verb = words.get(1);
    List<String> arguments = new ArrayList<>(List.of(verb));
    arguments.addAll(input);
    for (int i = 2; i < end; i++) {
      String known = options.get(words.get(i - 1));
      if (isOverridden(verb, words.get(i - 1), words.get(i))) {
        arguments.remove(arguments.size() - 1);
      } else {
        arguments.add(known != null ? known : argument(words.get(i)));
      }
    }
    if (verb.equals("bench") && !executed.add(arguments)) {
      return; // it differed in numbers alone
    }
    if (verb.equals("worker") || isTrainer(arguments)) {
      if (executed.add(arguments)) { // another page shows the same
        inCluster(verb, arguments);
      }
      return;
    }
    if (verb.equals("run")) {
      configuration = arguments.get(arguments.indexOf("-c") + 1);
      endService();
      if (arguments.stream().noneMatch(argument -> argument.startsWith("--resume"))) {
        Sandbox.delete(runDirectory());
      }
    }
    String out = run(arguments);
    if (redirection >= 0) {
      Files.writeString(sandbox.resolve(words.get(redirection + 1)), out);
    }
  }

  private static boolean isTrainer(List<String> arguments) throws IOException {
    int option = arguments.indexOf("-c");
    return arguments.get(0).equals("run")
        && Files.readString(Path.of(arguments.get(option + 1))).contains("cluster {");
  }

  /** A trainer goes on until there is a worker, with which it reaches its last step. */
  private void inCluster(String verb, List<String> arguments) throws IOException {
    if (trainer == null) {
      assertThat(verb).isEqualTo("run");
      trainer = inBackground("trainer", arguments);
    } else {
      List<String> all = plus(arguments, "--cache=" + sandbox.resolve("cache"));
      CompletableFuture<Integer> worker = inBackground("worker", all);
      assertThat(trainer.orTimeout(60, TimeUnit.SECONDS).join()).isZero();
      assertThat(worker.orTimeout(60, TimeUnit.SECONDS).join()).isEqualTo(75);
      trainer = null;
    }
  }

  private CompletableFuture<Integer> inBackground(String kind, List<String> arguments) {
    CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    StringWriter out = new StringWriter();
    new Thread(() -> exitCode.complete(start(kind, arguments, out, out)), kind).start();
    return exitCode;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private boolean isOverridden(String verb, String option, String setting) {
    String key = setting.substring(0, setting.indexOf('=') + 1);
    return option.equals("-D")
        && settings.getOrDefault(verb, List.of()).stream().anyMatch(small -> small.startsWith(key));
  }

  private static List<String> plus(List<String> settings, String one) {
    return Stream.concat(settings.stream(), Stream.of(one)).toList();
  }

  private static List<String> words(String command) {
    return WORD.matcher(command).results().map(Program::word).toList();
  }

  private static String word(MatchResult found) {
    return IntStream.rangeClosed(1, 3)
        .mapToObj(found::group)
        .filter(Objects::nonNull)
        .findFirst()
        .orElseThrow();
  }

  private String argument(String shown) throws IOException {
    if (shown.matches("--resume=\\d+")) {
      return "--resume=" + newestCheckpoint().getFileName().toString().replaceFirst("step-0*", "");
    } else if (shown.matches("runs/.*/step-\\d+")) {
      return newestCheckpoint().toString();
    } else if (shown.equals("model.base=DIR")) {
      return "model.base=test-data/models/base";
    }
    String path = shown.replaceFirst("^~/tributary-\\*/", "");
    int value = path.indexOf('=') + 1;
    return path.substring(0, value) + sandbox.path(path.substring(value));
  }

  private String run(List<String> arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    assertThat(start(arguments.get(0), arguments, out, err))
        .as("%s%n%s%s", arguments, out, err)
        .isZero();
    return out.toString();
  }

  private int start(String kind, List<String> arguments, StringWriter out, StringWriter err) {
    List<String> all = new ArrayList<>(arguments);
    if (all.contains("-c") || kind.equals("bench")) {
      settings.getOrDefault(kind, List.of()).forEach(setting -> all.addAll(List.of("-D", setting)));
    }
    return Tributary.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
        .execute(all.toArray(String[]::new));
  }

  /** The directory of the run that was shown last. */
  private Path runDirectory() {
    String name = Path.of(configuration).getFileName().toString().replaceFirst("\\.conf$", "");
    return sandbox.resolve("runs").resolve(name);
  }

  /** The newest checkpoint of the run that was shown last, which is made where there is none. */
  Path newestCheckpoint() throws IOException {
    Path checkpoints = runDirectory().resolve("checkpoints");
    if (!Files.isDirectory(checkpoints)) {
      run(List.of("run", "-c", configuration));
    }
    try (Stream<Path> all = Files.list(checkpoints)) {
      return all.filter(path -> path.getFileName().toString().startsWith("step-"))
          .max(Comparator.naturalOrder())
          .orElseThrow();
    }
  }

  /**
   * Where the run that was shown last answers; it goes on until it is drained or another begins.
   */
  URI service() throws IOException {
    if (service == null || service.hasEnded()) {
      service =
          Service.start(
              out ->
                  start(
                      "service", List.of("run", "-c", configuration, "--resume=if-any"), out, out));
    }
    return service.uri();
  }

  /** Ends the run that goes on, if one does. */
  void endService() throws IOException, InterruptedException {
    if (service != null) {
      service.end();
      service = null;
    }
  }
}
