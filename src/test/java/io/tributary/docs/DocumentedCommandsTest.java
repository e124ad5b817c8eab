package io.tributary.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.cli.Tributary;
import io.tributary.testing.Slow;
import io.tributary.testing.TestTools;
import io.tributary.testing.TorchExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the commands in the blocks of shell of the documentation, page by page in their order, with
 * less to do than they would have.
 */
@Slow
@ExtendWith(TorchExtension.class)
class DocumentedCommandsTest {
  private static final Pattern PROGRAM =
      Pattern.compile("(echo \"[^\"]*\" \\| )?(scripts|~/tributary-\\*/bin)/tributary .*");
  private static final Pattern VARIABLE = Pattern.compile("([A-Z]+)=(\\S+)");
  private static final Pattern SHELL =
      Pattern.compile("(cp|curl|df|ls|mkdir|scripts/make-certificates|tail|tar) .*");
  private static final String DEFAULT_ADDRESS = "http://127.0.0.1:8080";

  /** What can't be run here, by the beginning of the command, and why. */
  private static final Map<String, String> NOT_RUN =
      Map.ofEntries(
          Map.entry("mvn ", "it runs this test"),
          Map.entry(".ci/run", "it runs this test"),
          Map.entry(
              "tar xf target/tributary-", "it is made after the tests; DistributionIT unpacks it"),
          Map.entry("git ", "it changes the checkout"),
          Map.entry("docker ", "there is no Docker"),
          Map.entry("kubectl ", "there is no Kubernetes; KubernetesTest reads the manifests"),
          Map.entry("sbatch ", "there is no Slurm; ContainersTest reads the script"),
          Map.entry("systemctl ", "it changes the machine; SystemdTest reads the units"),
          Map.entry("cp conf/deploy/systemd/", "it changes the machine"),
          Map.entry("useradd ", "it changes the machine"),
          Map.entry("openssl ", "OpenSSL may not be there"),
          Map.entry("while pgrep ", "it waits for a process of its own"),
          Map.entry("scripts/coverage", "it reads what a build with coverage wrote"),
          Map.entry("scripts/install-test-tools", "it installs packages"),
          Map.entry("scripts/keep-runs ", "it writes into the checkout"),
          Map.entry("scripts/bench-cluster ", "it builds the program, and takes minutes"),
          Map.entry("scripts/soak", "it builds the program, and takes minutes"),
          Map.entry(
              "scripts/tributary experiment -c conf/experiments/paper-small.conf",
              "it takes hours; ExperimentLoaderTest reads the grid"),
          Map.entry("scripts/attack-http", "it builds the program, and takes minutes"));

  @TempDir private static Path directory;
  private static final Set<String> CERTIFICATES = new HashSet<>();
  private static Sandbox sandbox;
  private static Program program;

  @BeforeAll
  static void checkOut() throws IOException {
    sandbox = new Sandbox(directory);
    program = new Program(sandbox);
  }

  @AfterAll
  static void endTheService() throws IOException, InterruptedException {
    program.endService();
  }

  static List<Page> pages() throws IOException {
    return Page.all().stream().filter(page -> !page.blocks("sh").isEmpty()).toList();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void theCommandsOfAPageWork(Page page) throws Exception {
    for (Page.Block block : page.blocks("hocon")) {
      sandbox.write(block);
    }
    Map<String, String> variables = new HashMap<>();
    for (Page.Block block : page.blocks("sh")) {
      for (String command : block.commands()) {
        String place = page.place(block) + ": " + command;
        Matcher variable = VARIABLE.matcher(command);
        if (NOT_RUN.keySet().stream().anyMatch(command::startsWith)) {
          continue;
        }
        if (variable.matches()) {
          variables.put(variable.group(1), variable.group(2));
        } else if (PROGRAM.matcher(command).matches()) {
          program.execute(command);
        } else if (SHELL.matcher(command).matches()) {
          shell(command, variables);
        } else {
          throw new AssertionError("no rule says how to run " + place);
        }
      }
    }
  }

  private static void shell(String command, Map<String, String> variables) throws Exception {
    if (command.startsWith("scripts/make-certificates ")) {
      TestTools.require("openssl");
      if (!CERTIFICATES.add(command)) {
        return; // nothing is overwritten
      }
    }
    String here = command;
    Map<String, String> all = new HashMap<>(variables);
    if (command.startsWith("curl ")) {
      TestTools.require("curl");
      String address = program.service().toString();
      here =
          here.replace("curl ", "curl --fail ")
              .replace(DEFAULT_ADDRESS, address)
              .replaceFirst("\\| (grep .*)", "| { $1 || true; }"); // it may find nothing yet
      all.replaceAll((name, value) -> value.replace(DEFAULT_ADDRESS, address));
    }
    String step = program.newestCheckpoint().getFileName().toString();
    assertThat(sandbox.shell(here.replaceAll("step-\\d+", step), all)).as(here).isNotNull();
  }

  @Test
  void theReadmeNamesEveryVerb() {
    Set<String> named =
        Page.read(Path.of("README.md")).prose().stream()
            .map(Pattern.compile("^\\| `([a-z-]+)[ `].*")::matcher)
            .filter(Matcher::matches)
            .map(row -> row.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> verbs = new TreeSet<>(Tributary.commandLine().getSubcommands().keySet());
    assertThat(named).isEqualTo(verbs);
  }
}
