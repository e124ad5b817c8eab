package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tributary.testing.Cli;
import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.SmallModel;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(TorchExtension.class)
class EvaluateVerbTest {
  private static final List<String> TEXT_METRICS =
      List.of(
          "distinct_1", "distinct_2", "distinct_3", "self_bleu_3", "self_bleu_4", "self_bleu_5");

  @TempDir static Path shared;
  private static Path model;

  @TempDir Path directory;

  @BeforeAll
  static void makeAModel() throws IOException {
    model = SmallModel.write(shared.resolve("model"), 1);
  }

  @Test
  void textsAreMeasuredOneALine() throws IOException {
    JsonObject json = object(texts("the cat sat\nthe cat ran\n\na dog\n"));
    assertThat(json.keySet()).containsAll(TEXT_METRICS).hasSize(7);
    assertThat(json.get("texts").getAsInt()).isEqualTo(4);
    assertThat(json.get("distinct_1").getAsDouble()).isEqualTo(0.75);
    assertThat(json.get("distinct_2").getAsDouble()).isCloseTo(11 / 24.0, within(1e-12));
  }

  @Test
  void aLineMayBeAnObjectWithTheText() throws IOException {
    Cli plain = texts("the cat sat\na dog\n{ \"tokens\": [1] }\n{no object\n");
    Cli objects =
        texts(
            """
            {"text": "the cat sat", "tokens": [1, 2]}
            a dog
            { "tokens": [1] }
            {no object
            """);
    assertThat(objects.out()).isEqualTo(plain.out());
  }

  @Test
  void oneTextHasNoSelfBleu() throws IOException {
    assertThat(object(texts("the cat")).keySet())
        .containsExactly("texts", "distinct_1", "distinct_2", "distinct_3");
  }

  @Slow
  @Test
  void textsNeedNoNativeLibrary() throws Exception {
    Path file = Files.writeString(directory.resolve("texts.txt"), "one two\nthree\n");
    String classes =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(entry -> !entry.contains("pytorch") && !entry.contains("tokenizers"))
            .collect(Collectors.joining(File.pathSeparator));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classes,
                "io.tributary.Main",
                "evaluate",
                "--texts",
                file.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(JsonParser.parseString(output).getAsJsonObject().keySet()).containsAll(TEXT_METRICS);
  }

  @Test
  void aModelIsMeasuredAgainstTheTarget() throws IOException {
    Cli cli = evaluate(config(""), "-n", "200");
    JsonObject json = object(cli);
    assertThat(json.keySet()).containsAll(TEXT_METRICS).contains("partition_function");
    assertThat(json.get("sequences").getAsInt()).isEqualTo(200);
    assertThat(json.get("perplexity_base").getAsDouble()).isGreaterThan(1);
    double moment = of(json, "feature_moment", "letter").get("pi").getAsDouble();
    assertThat(moment).isBetween(0.0, 1.0);
    assertThat(json.getAsJsonObject("kl_nats").get("pi_a").getAsDouble())
        .isCloseTo(0, within(1e-4));
    assertThat(json.getAsJsonObject("kl_nats").get("p_pi").getAsDouble())
        .isCloseTo(-Math.log(json.get("partition_function").getAsDouble()), within(1e-3));
    assertThat(json.get("effective_sample_size").getAsDouble()).isBetween(1.0, 400.0);
    assertThat(evaluate(config(""), "-n", "200").out()).isEqualTo(cli.out());
    assertThat(evaluate(config(""), "-n", "200", "--seed", "2").out()).isNotEqualTo(cli.out());
  }

  @Test
  void theBaseModelIsTheOneOfTheConfiguration() throws IOException {
    Path base = SmallModel.write(directory.resolve("base"), 2);
    JsonObject json = object(evaluate(config("model.base = \"%s\"".formatted(base)), "-n", "100"));
    JsonObject kl = json.getAsJsonObject("kl_nats");
    assertThat(kl.get("pi_a").getAsDouble()).isGreaterThan(0.01);
    assertThat(kl.has("p_pi")).isTrue();
  }

  @Test
  void thePromptOfTheConfigurationIsContinued() throws IOException {
    Path prompted = config("samplers.prompt = the");

    JsonObject json = object(evaluate(prompted, "-n", "20"));

    assertThat(json).isNotEqualTo(object(evaluate(config(""), "-n", "20")));
  }

  @Test
  void samplesOfTheLikeliestTokensHaveNoDivergences() throws IOException {
    JsonObject option = object(evaluate(config(""), "-n", "50", "--top-p", "0.9"));
    JsonObject configured = object(evaluate(config("evaluation { top-p = 0.9, sequences = 50 }")));
    assertThat(option.keySet())
        .containsAll(TEXT_METRICS)
        .contains("feature_moment", "perplexity_base")
        .doesNotContain("kl_nats", "partition_function", "effective_sample_size");
    assertThat(configured).isEqualTo(option);
  }

  @Test
  void withoutASampleOfTheTargetNothingIsSaidOfIt() throws IOException {
    JsonObject json =
        object(
            evaluate(
                config("target.features = [ { name = x, type = word, word = zyzzyva } ]"),
                "-n",
                "30"));
    assertThat(json.getAsJsonObject("kl_nats").keySet()).containsExactly("pi_a");
    assertThat(json.keySet()).doesNotContain("partition_function", "effective_sample_size");
  }

  @Test
  void lambdasComeFromAFileOrAreFittedFirst() throws IOException {
    String tilted =
        """
        target {
          features = [ { name = letter, type = regex, pattern = "[aeiou]", moment = 0.95 } ]
          fit { sequences = 600, tolerance = 0.1 }
        }
        """;
    Path config = config(tilted);
    JsonObject fitted = object(evaluate(config, "-n", "300"));
    assertThat(fitted.getAsJsonObject("kl_nats").get("p_pi").getAsDouble()).isPositive();

    Path file = Files.writeString(directory.resolve("fit.json"), "{\"lambda\": {\"letter\": 0}}");
    JsonObject untilted = object(evaluate(config, "-n", "300", "--fit", file.toString()));
    assertThat(untilted.getAsJsonObject("kl_nats").get("p_pi").getAsDouble())
        .isCloseTo(0, within(1e-4));
    assertThat(untilted.get("partition_function").getAsDouble()).isCloseTo(1, within(1e-4));

    Files.writeString(file, "{\"lambda\": {\"other\": 1}}");
    Cli other = evaluate(config, "-n", "300", "--fit", file.toString());
    assertThat(other.exitCode()).isEqualTo(2);
    assertThat(other.err()).contains("fit.json", "[other]", "[letter]").hasLineCount(1);
  }

  @Test
  void aTextFileThatCanNotBeUsedIsNamed() throws IOException {
    Cli empty = texts("");
    assertThat(empty.exitCode()).isEqualTo(2);
    assertThat(empty.err()).contains("input.txt is empty").hasLineCount(1);
    assertThat(texts("a\n{\"text\": null, \"tokens\": [1]}\n").err())
        .contains("line 2 of ", "got null")
        .hasLineCount(1);
    assertThat(texts("{\"text\": 5}\n").err())
        .contains("line 1 of ", "expected a string as \"text\", got 5")
        .hasLineCount(1);
    Path file = directory.resolve("latin1.txt");
    Files.write(file, new byte[] {'a', (byte) 0xe9, 'b', '\n'});
    assertThat(Cli.run("evaluate", "--texts", file.toString()).err())
        .contains("is not UTF-8")
        .hasLineCount(1);
    Cli missing = Cli.run("evaluate", "--texts", directory.resolve("none.txt").toString());
    assertThat(missing.exitCode()).isEqualTo(2);
    assertThat(missing.err()).contains("none.txt").hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-n 0",
        "--batch-size 0",
        "--top-p 0",
        "--top-p 1.5",
        "-n 5 --texts x.txt",
        "--fit none.json -D target.features.0.moment=0.5",
        "-D samplers.max-length=200",
        "-D evaluation.top-p=0",
        "-D target.features=[]"
      })
  void badOptionsAreNamed(String options) throws IOException {
    Cli cli = evaluate(config(""), options.split(" ", -1));
    assertThat(cli.exitCode()).as(cli.err()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err().lines().count()).isBetween(1L, 8L);
  }

  @Test
  void eitherTextsOrAModelWithAConfiguration() {
    assertThat(Cli.run("evaluate").exitCode()).isEqualTo(2);
    Cli fitOfTexts = Cli.run("evaluate", "--texts", "x.txt", "--fit", "fit.json");
    assertThat(fitOfTexts.exitCode()).isEqualTo(2);
    assertThat(fitOfTexts.err()).contains("--texts has none");
    assertThat(Cli.run("evaluate", "--model", model.toString()).err()).contains("-c=FILE");
  }

  private Path config(String more) throws IOException {
    return Files.writeString(
        directory.resolve("letters.conf"),
        """
        tributary {
          target.features = [ { name = letter, type = wordlist, words = [a, b, c, d, e, t, s, i] } ]
          samplers.max-length = 8
          %s
        }
        """
            .formatted(more));
  }

  private static Cli evaluate(Path config, String... options) {
    return Cli.run(
        Stream.concat(
                Stream.of("evaluate", "--model", model.toString(), "-c", config.toString()),
                Stream.of(options))
            .toArray(String[]::new));
  }

  private Cli texts(String lines) throws IOException {
    Path file = Files.writeString(directory.resolve("input.txt"), lines);
    return Cli.run("evaluate", "--texts", file.toString());
  }

  private static JsonObject of(JsonObject json, String metric, String label) {
    return json.getAsJsonObject(metric).getAsJsonObject(label);
  }

  private static JsonObject object(Cli cli) {
    assertThat(cli.err()).isEmpty();
    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out()).hasLineCount(1);
    return JsonParser.parseString(cli.out()).getAsJsonObject();
  }
}
