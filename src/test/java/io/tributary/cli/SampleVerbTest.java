package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
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
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(TorchExtension.class)
class SampleVerbTest {
  @TempDir static Path shared;
  private static Path model;

  @BeforeAll
  static void makeAModel() throws IOException {
    model = SmallModel.write(shared.resolve("model"), 1);
  }

  @Test
  void theSameSeedGivesTheSameOutputAndAnotherSeedAnother() {
    Cli cli = sample("-n", "7", "--batch-size", "3");

    assertThat(cli.err()).isEmpty();
    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out()).hasLineCount(7);
    assertThat(sample("-n", "7", "--batch-size", "3").out()).isEqualTo(cli.out());
    assertThat(sample("-n", "7", "--batch-size", "3", "--seed", "2").out()).isNotEqualTo(cli.out());
    assertThat(cli.out().lines().distinct()).hasSize(7);
  }

  @Test
  void whatIsDrawnScoresTheSame() throws IOException {
    Cli drawn = sample("-n", "5", "--max-length", "12");
    Path file = Files.writeString(shared.resolve("drawn.jsonl"), drawn.out());
    Cli scored = Cli.run("score", "--model", model.toString(), "--input", file.toString());

    List<JsonObject> before = ScoreVerbTest.objects(drawn);
    List<JsonObject> after = ScoreVerbTest.objects(scored);
    assertThat(after).hasSize(5);
    for (int i = 0; i < 5; i++) {
      assertThat(after.get(i).get("text")).isEqualTo(before.get(i).get("text"));
      assertThat(after.get(i).get("tokens")).isEqualTo(before.get(i).get("tokens"));
      assertThat(after.get(i).get("logProb").getAsDouble())
          .isEqualTo(before.get(i).get("logProb").getAsDouble(), within(1e-3));
    }
  }

  @Test
  void theLogProbabilityIsThatOfTheTruncatedDistribution() {
    List<JsonObject> greedy = ScoreVerbTest.objects(sample("-n", "2", "--top-k", "1"));

    assertThat(greedy.get(0)).isEqualTo(greedy.get(1));
    assertThat(greedy.get(0).get("logProb").getAsDouble()).isZero();
    assertThat(ScoreVerbTest.objects(sample("-n", "2", "--top-p", "0.5", "--temperature", "2")))
        .hasSize(2);
  }

  @Test
  void aPromptChangesWhatFollowsAndIsNotPartOfIt() {
    List<JsonObject> prompted =
        ScoreVerbTest.objects(sample("-n", "3", "--prompt", "the cat", "--max-length", "1"));

    assertThat(prompted).allSatisfy(json -> assertThat(json.getAsJsonArray("tokens")).hasSize(1));
    assertThat(sample("-n", "3", "--max-length", "1").out())
        .isNotEqualTo(sample("-n", "3", "--prompt", "the cat", "--max-length", "1").out());
  }

  @Test
  void aPromptThatLeavesNoRoomIsToBeShorter() {
    Cli cli = sample("-n", "1", "--prompt", "#".repeat(200));

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).contains("room for 0, so expected a shorter prompt").hasLineCount(1);
  }

  @Test
  void aModelWithoutATokenizerGivesTokens() {
    Cli cli = Cli.run("sample", "--model", "src/test/resources/models/bare-untied-half", "-n", "2");

    assertThat(ScoreVerbTest.objects(cli))
        .hasSize(2)
        .allSatisfy(json -> assertThat(json.get("text").isJsonNull()).isTrue());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-n 0",
        "-n 1 --top-p 0",
        "-n 1 --top-k -1",
        "-n 1 --temperature 0",
        "-n 1 --max-length 0",
        "-n 1 --max-length 49",
        "-n 1 --batch-size 0",
        "-n 1 --threads 0",
        "-n 1 --device tpu",
        "-n x",
        ""
      })
  void badOptionsAreNamed(String options) {
    Cli cli = sample(options.isEmpty() ? new String[0] : options.split(" ", -1));

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err().lines().count()).isBetween(1L, 2L);
  }

  private static Cli sample(String... options) {
    return Cli.run(
        Stream.concat(Stream.of("sample", "--model", model.toString()), Stream.of(options))
            .toArray(String[]::new));
  }
}
