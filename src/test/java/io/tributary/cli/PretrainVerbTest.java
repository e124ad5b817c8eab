package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.model.ModelDirectory;
import io.tributary.testing.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainVerbTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void writeTextAndConfiguration() throws IOException {
    String text =
        IntStream.range(0, 40)
            .mapToObj("the cat %d sat."::formatted)
            .collect(Collectors.joining("\n"));
    file =
        Files.writeString(
            directory.resolve("pretrain.conf"),
            """
            tributary.pretrain {
              model { layers = 1, heads = 1, width = 8, positions = 16 }
              tokenizer = "test-data/tokenizer/gpt2-tokenizer.json.gz"
              merges = 20
              data = [ { file = "%s", format = lines } ]
              held-out-fraction = 0.2
              max-length = 16
              steps = 4
              warmup-steps = 1
              batch-sequences = 8
              micro-batch-size = 8
              report-interval-steps = 2
              output = "%s"
            }
            """
                .formatted(
                    Files.writeString(directory.resolve("text.txt"), text),
                    directory.resolve("model")));
  }

  @Test
  void endsInAModelDirectoryAndShowsPerplexityPerInterval() {
    Cli cli = Cli.run("pretrain", "-c", file.toString());

    assertThat(cli.err()).isEmpty();
    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out().lines())
        .satisfiesExactly(
            line -> assertThat(line).matches("[\\d,]+ parameters, \\d+ sequences of .* held out"),
            line -> assertThat(line).startsWith("step 2 of 4  loss").contains("perplexity"),
            line -> assertThat(line).startsWith("step 4 of 4  loss").contains("perplexity"),
            line -> assertThat(line).startsWith("the model is in " + directory));
    assertThat(ModelDirectory.open(directory.resolve("model")).weights()).isNotEmpty();
  }

  @Test
  void aModelIsNotOverwritten() {
    assertThat(Cli.run("pretrain", "-c", file.toString()).exitCode()).isZero();
    Cli again = Cli.run("pretrain", "-c", file.toString());
    assertThat(again.exitCode()).isEqualTo(2);
    assertThat(again.out()).isEmpty();
    assertThat(again.err()).contains("holds a model").hasLineCount(1);
  }
}
