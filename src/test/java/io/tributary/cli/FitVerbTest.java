package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tributary.testing.Cli;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.SmallModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(TorchExtension.class)
class FitVerbTest {
  private static final String LETTERS = "{ name = ab, type = wordlist, words = [a, b, c, d, e, f]";

  @TempDir static Path shared;
  private static Path model;

  @TempDir Path directory;

  @BeforeAll
  static void makeAModel() throws IOException {
    model = SmallModel.write(shared.resolve("model"), 1);
  }

  private Path config(String features) throws IOException {
    return Files.writeString(
        directory.resolve("fit.conf"),
        """
        tributary {
          model.base = "%s"
          samplers { max-length = 6, batch-size = 128 }
          target {
            features = [ %s ]
            fit { sequences = 640, max-sequences = 1280, tolerance = 0.05, min-effective-sample-size = 20 }
          }
        }
        """
            .formatted(model, features));
  }

  private Cli fit(String features, String... more) throws IOException {
    return Cli.run(
        Stream.concat(Stream.of("fit", "-c", config(features).toString()), Stream.of(more))
            .toArray(String[]::new));
  }

  private static JsonObject json(Cli cli) {
    assertThat(cli.err()).isEmpty();
    assertThat(cli.exitCode()).isZero();
    return JsonParser.parseString(cli.out()).getAsJsonObject();
  }

  @Test
  void printsLambdasAndHowGoodTheyAre() throws IOException {
    JsonObject fit =
        json(fit(LETTERS + ", moment = 0.5 }, { name = length, type = length, moment = 5.5 }"));
    assertThat(fit.keySet())
        .containsExactly(
            "lambda",
            "lambda_stderr",
            "achieved_moment",
            "desired_moment",
            "moment_stderr",
            "within_tolerance",
            "effective_sample_size",
            "Z",
            "Z_stderr",
            "log_Z",
            "sequences");
    for (String each :
        List.of("lambda", "lambda_stderr", "achieved_moment", "desired_moment", "moment_stderr")) {
      assertThat(fit.getAsJsonObject(each).keySet()).containsExactly("ab", "length");
    }
    assertThat(fit.getAsJsonObject("achieved_moment").get("ab").getAsDouble())
        .isEqualTo(0.5, within(1e-8));
    assertThat(fit.getAsJsonObject("achieved_moment").get("length").getAsDouble())
        .isEqualTo(5.5, within(1e-7));
    assertThat(fit.get("sequences").getAsInt()).isBetween(640, 1280);
    assertThat(fit.get("effective_sample_size").getAsDouble()).isGreaterThan(20);
    assertThat(fit.get("Z").getAsDouble())
        .isEqualTo(Math.exp(fit.get("log_Z").getAsDouble()), within(1e-9));
  }

  @Test
  void theSameConfigurationGivesTheSameLambdasForAnyNumberOfSamplers() throws IOException {
    String features = LETTERS + ", moment = 0.5 }";
    assertThat(fit(features, "-D", "samplers.count=3").out()).isEqualTo(fit(features).out());
    assertThat(fit(features, "-D", "run.seed=2").out()).isNotEqualTo(fit(features).out());
  }

  @Test
  void aPointwiseTargetHasNothingToFitAndItsZIsPrinted() throws IOException {
    JsonObject fit = json(fit(LETTERS + " }"));
    assertThat(fit.getAsJsonObject("lambda").keySet()).isEmpty();
    assertThat(fit.get("Z").getAsDouble()).isBetween(0.0, 1.0);
    assertThat(fit.get("sequences").getAsInt()).isEqualTo(640);
    assertThat(fit.get("note").getAsString()).contains("nothing to fit", "hard constraint");
  }

  @Test
  void klControlGivesItsLambdasItself() throws IOException {
    JsonObject fit =
        json(
            fit(
                LETTERS + " }",
                "-D",
                "target.kl-control={ beta = 0.5, reward = [{ feature = ab }] }"));
    assertThat(fit.getAsJsonObject("lambda")).hasToString("{\"ab\":2.0}");
    assertThat(fit.getAsJsonObject("lambda_stderr").keySet()).isEmpty();
    assertThat(fit.getAsJsonObject("desired_moment").keySet()).isEmpty();
    assertThat(fit.getAsJsonObject("achieved_moment").get("ab").getAsDouble()).isPositive();
    assertThat(fit.get("note").getAsString()).contains("target.kl-control gives the lambdas");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ", moment = 0.5 }, { name = never, type = word, word = xylophone, moment = 0.5 } |"
            + " \"never\" never occurs",
        " }, { name = never, type = word, word = xylophone } | \"never\" occurs in none of 640"
            + " sequences",
        " }, { name = none, type = not, feature = ${l} } | \"ab\" = 1 and \"none\" = 1 together",
        ", moment = 0.7 }, { name = none, type = not, feature = ${l}, moment = 0.7 } | \"ab\" (0.7)"
            + " and \"none\" (0.7) are impossible",
        ", moment = 0.7 }, { name = none, type = not, feature = ${l}, moment = 0.3 } | \"ab\" and"
            + " \"none\" depend on each other",
        ", moment = 0.5 }, { name = length, type = length, moment = 7 } | \"length\" is",
      })
  void whatCanNotBeHadIsOneMessage(String features, String message) throws IOException {
    Cli cli =
        fit(
            (LETTERS + features)
                .replace("${l}", "{ type = wordlist, words = [a, b, c, d, e, f] }"));
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).startsWith("tributary fit: target.features: ").contains(message);
    assertThat(cli.err()).hasLineCount(1);
  }

  @Test
  void tooFewEffectiveSequencesAreOneMessage() throws IOException {
    Cli cli = fit(LETTERS + ", moment = 0.5 }", "-D", "target.fit.min-effective-sample-size=1270");
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err())
        .contains("effective sequences of 1,280", "target.fit.max-sequences", "[ab]")
        .hasLineCount(1);
  }

  @Test
  void scoreFitsLambdasOrReadsThem() throws IOException {
    String features = LETTERS + ", moment = 0.5 }";
    JsonObject fit = json(fit(features));
    Path file = Files.writeString(directory.resolve("fit.json"), fit.toString());
    Path input = Files.writeString(directory.resolve("input.txt"), "a cat\nno such thing\n");
    List<String> score =
        List.of(
            "score",
            "--model",
            model.toString(),
            "--input",
            input.toString(),
            "-c",
            config(features).toString());

    Cli fitted = Cli.run(score.toArray(String[]::new));
    Cli read =
        Cli.run(
            Stream.concat(score.stream(), Stream.of("--fit", file.toString()))
                .toArray(String[]::new));

    assertThat(fitted.err()).isEmpty();
    assertThat(read.out()).isEqualTo(fitted.out());
    List<JsonObject> lines =
        read.out().lines().map(line -> JsonParser.parseString(line).getAsJsonObject()).toList();
    double lambda = fit.getAsJsonObject("lambda").get("ab").getAsDouble();
    assertThat(logFactor(lines.get(0))).isEqualTo(lambda, within(1e-9));
    assertThat(logFactor(lines.get(1))).isZero();

    Files.writeString(file, "{\"lambda\": {\"other\": 1}}");
    Cli other =
        Cli.run(
            Stream.concat(score.stream(), Stream.of("--fit", file.toString()))
                .toArray(String[]::new));
    assertThat(other.exitCode()).isEqualTo(2);
    assertThat(other.err()).contains("fit.json has lambdas of [other]").hasLineCount(1);
  }

  private static double logFactor(JsonObject line) {
    return line.get("logP").getAsDouble() - line.get("logProb").getAsDouble();
  }
}
