package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tributary.testing.Cli;
import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.SmallModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(TorchExtension.class)
class BenchVerbTest {
  private static final String[] SMALL = {
    "-D", "samplers.batch-size=16",
    "-D", "samplers.max-length=12",
    "-D", "learner.batch-size=32",
    "-D", "learner.micro-batch-size=16"
  };

  @TempDir Path directory;

  @Slow
  @Test
  void randomWeightsOfAShapeAreMeasuredInJson() {
    Cli cli = bench("--shape", "1,2,8,400,24", "--json");

    assertThat(cli.err()).isEmpty();
    assertThat(cli.exitCode()).isZero();
    JsonObject json = JsonParser.parseString(cli.out()).getAsJsonObject();
    assertThat(json.getAsJsonObject("model").get("vocabulary").getAsInt()).isEqualTo(400);
    assertThat(json.getAsJsonObject("matrix_product").get("operations_per_second").getAsDouble())
        .isPositive();
    assertThat(json.getAsJsonObject("token_choice").get("softmax_seconds").getAsDouble())
        .isPositive();
    for (String stage : List.of("sampling", "scoring", "learning", "stream")) {
      JsonObject throughput = json.getAsJsonObject(stage);
      for (String rate : throughput.keySet()) {
        assertThat(throughput.get(rate).getAsDouble()).as("%s of %s", rate, stage).isPositive();
      }
    }
  }

  @Slow
  @Test
  void aModelAndAConfigurationAreMeasuredInATableAndAFile() throws IOException {
    Path model = SmallModel.write(directory.resolve("model"), 1);
    Path config =
        Files.writeString(
            directory.resolve("some.conf"),
            """
            tributary { model.base = "%s", run.sequences = 1, run.directory = "%s",
              target.features = [ { name = letters, type = wordlist, words = [a, s, t, i, o, w] } ]
              partition-function.bootstrap-sequences = 256
              partition-function.bootstrap-hits = 0
              learner.optimizer { schedule = constant } }
            """
                .formatted(model, directory.resolve("runs")));
    Path json = directory.resolve("bench.json");

    Cli cli = bench("-c", config.toString(), "--json=" + json);

    assertThat(cli.err()).isEmpty();
    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out().lines().map(line -> line.split(" ", -1)[0]))
        .contains("model", "matrix", "choice", "sampling", "scoring", "learning", "stream");
    assertThat(json).content().startsWith("{").contains("\"stream\"");
    assertThat(directory.resolve("runs")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-D model.base=no/such/model",
        "--shape 1,2,8,400",
        "--shape 1,3,8,400,24",
        "--shape 1,2,8,100,24",
        "--shape 1,2,8,50258,24",
        "--shape 1,2,8,400,4",
        "--shape 1,2,8,400,24 --tokenizer none.json",
        "--shape 1,2,8,400,24 --model x",
        "--model no/such/model",
        "-c no/such.conf"
      })
  void whatCanNotBeMeasuredIsNamed(String options) {
    Cli cli = bench(options.isEmpty() ? new String[0] : options.split(" ", -1));

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err().lines().count()).isBetween(1L, 3L);
  }

  @Slow
  @Test
  void theModelThatComesWithTheProgramIsMeasuredByDefault() {
    Cli cli = bench();

    assertThat(cli.err()).isEmpty();
    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out()).contains("1,768,800 parameters").containsPattern("stream +[0-9]");
  }

  @Test
  void aConfigurationWithoutAModelNeedsOne() throws IOException {
    Path config = Files.writeString(directory.resolve("empty.conf"), "");

    assertThat(bench("-c", config.toString()).err()).contains("expected a model: --model");
  }

  private static Cli bench(String... options) {
    return Cli.run(
        Stream.of(
                Stream.of("bench"),
                Stream.of(SMALL),
                Stream.of("--seconds", "0.01"),
                Stream.of(options))
            .flatMap(s -> s)
            .toArray(String[]::new));
  }
}
