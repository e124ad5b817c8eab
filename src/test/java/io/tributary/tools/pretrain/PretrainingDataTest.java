package io.tributary.tools.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.ConfigLoader;
import io.tributary.config.PretrainConfig;
import io.tributary.model.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainingDataTest {
  private static final Path GPT2 = Path.of("test-data/tokenizer/gpt2-tokenizer.json.gz");

  @TempDir Path directory;

  private PretrainingData read(String text, int maxLength, int repeat) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("pretrain.conf"),
            """
            tributary.pretrain {
              model { layers = 1, heads = 1, width = 4, positions = 24 }
              tokenizer = "%s"
              data = [ { file = "%s", format = lines, repeat = %d } ]
              held-out-fraction = 0.5
              max-length = %d
              steps = 300
              output = "%s"
            }
            """
                .formatted(
                    GPT2,
                    Files.writeString(directory.resolve("text.txt"), text),
                    repeat,
                    maxLength,
                    directory.resolve("out")));
    PretrainConfig config = ConfigLoader.read(file, Map.of()).section(PretrainConfig.class);
    TokenizerCut cut = TokenizerCut.of(GPT2, Optional.of(0));
    Path tokenizer = Files.writeString(directory.resolve("tokenizer.json"), cut.json());
    return PretrainingData.read(config, TextTokenizer.read(tokenizer), cut.endOfText());
  }

  @Test
  void aTextIsItsTokensAndEndOfTextCutAtTheMaximalLength() throws IOException {
    PretrainingData data = read("!!\n!!!\n\"\"\"\"\n#####\n$$$$\n%%\n", 4, 1);
    assertThat(java.util.stream.Stream.concat(data.training().stream(), data.heldOut().stream()))
        .containsExactlyInAnyOrder(
            new int[] {0, 0, 256},
            new int[] {0, 0, 0, 256},
            new int[] {1, 1, 1, 1},
            new int[] {2, 2, 2, 2},
            new int[] {3, 3, 3, 3},
            new int[] {4, 4, 256});
  }

  @Test
  void repeatsAreTrainedOnAndNotHeldOut() throws IOException {
    PretrainingData data = read("!!\n!!!\n\"\"\"\"\n#####\n$$$$\n%%\n", 4, 5);
    assertThat(data.training().size() / 5 + data.heldOut().size()).isEqualTo(6);
    assertThat(data.heldOut()).doesNotHaveDuplicates();
  }
}
