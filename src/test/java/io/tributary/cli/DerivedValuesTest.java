package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.ConfigLoader;
import io.tributary.model.DecoderConfig;
import io.tributary.testing.model.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DerivedValuesTest {
  @TempDir Path directory;

  @BeforeEach
  void makeAModelThatIsNotRead() throws IOException {
    for (String name : new String[] {"config.json", "model.safetensors", "tokenizer.json"}) {
      Files.createFile(directory.resolve(name));
    }
  }

  private String derived(String settings) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("train.conf"),
            """
            tributary {
              model.base = "%s"
              target.features = [ { name = a, type = word, word = a } ]
              %s
            }
            """
                .formatted(directory, settings));
    DecoderConfig model = TinyModels.config(1, 2, 8, 41, 4, 3);
    return DerivedValues.of(ConfigLoader.load(file, Map.of()), model, 40);
  }

  @Test
  void byDefaultARunIsUnencryptedAndWithoutAnEnd() throws IOException {
    assertThat(derived(""))
        .containsPattern("# length +until stopped\n")
        .containsPattern("# staleness bound +1 step from admission to use\n")
        .containsPattern("# proposal +judged .* by kl on texts of the base model\n")
        .containsPattern("# learning rate +rises to 1.41E-5 in 100 steps, then stays\n")
        .containsPattern("# HTTP +not encrypted on 127.0.0.1, port \\d+\n")
        .doesNotContain("fit of lambda");
  }

  @Test
  void samplingAndLearningTakeTurnsWhereNothingMayBeStale() throws IOException {
    assertThat(derived("stream.max-staleness-steps = 0"))
        .containsPattern("# staleness bound +0 steps: sampling and learning take turns\n")
        .containsPattern("# queue bound +256 sequences admitted");
  }

  @Test
  void theProposalIsReplacedOrJudgedInItsInterval() throws IOException {
    assertThat(derived("proposal.criterion = always, publish.interval-steps = 1"))
        .containsPattern("# proposal +replaced after every step\n");
    assertThat(
            derived(
                "proposal { criterion = tvd, window = fresh, window-sequences = 2000 }"
                    + ", publish.interval-steps = 3"))
        .containsPattern(
            "# proposal +judged every 3 steps by tvd on 2,000 sequences drawn for it\n");
  }

  @Test
  void theLearningRateIsSaidFromTheFirstStepToTheLast() throws IOException {
    assertThat(
            derived(
                "run.steps = 1000, learner.optimizer"
                    + " { learning-rate = 0.5, warmup-steps = 0, schedule = cosine }"))
        .containsPattern("# learning rate +0.5, then falls to 0 at step 1,000 \\(cosine\\)\n");
  }

  @Test
  void httpIsSaidToBeEncryptedWithACertificate() throws IOException {
    Path pem = Files.writeString(directory.resolve("some.pem"), "");

    assertThat(
            derived(
                "http { port = 0, tls { certificate-file = \"%1$s\", key-file = \"%1$s\" } }"
                    .formatted(pem)))
        .containsPattern("# HTTP +encrypted \\(TLS\\) on 127.0.0.1, port any free one\n");
  }
}
