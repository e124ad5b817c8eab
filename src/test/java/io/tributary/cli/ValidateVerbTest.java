package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.ConfigLoader;
import io.tributary.model.DecoderConfig;
import io.tributary.model.ModelDirectory;
import io.tributary.tensor.FloatType;
import io.tributary.tensor.Torch;
import io.tributary.testing.Cli;
import io.tributary.testing.model.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidateVerbTest {
  private static final String TOKENIZER =
      """
      {"version": "1.0", "added_tokens": [], "normalizer": null, "post_processor": null,
       "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
       "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
       "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "c": 2, "<|endoftext|>": 3}, "merges": []}}
      """;

  @TempDir static Path shared;
  private static Path model;

  @TempDir Path directory;

  @BeforeAll
  static void makeAModel() throws IOException {
    Torch.load(1);
    DecoderConfig config = TinyModels.config(1, 2, 8, 41, 4, 3);
    Path tokenizer = Files.writeString(shared.resolve("tokenizer.json"), TOKENIZER);
    model = shared.resolve("model");
    ModelDirectory.write(model, config, config.initialise(1), tokenizer, FloatType.F32);
  }

  @Test
  void printsTheConfigurationWithOriginsAndWhatFollowsFromIt() throws IOException {
    Path file = training("run.steps = 40");

    Cli cli = Cli.run("validate", "-c", file.toString(), "-D", "samplers.count=2");

    assertThat(cli.err()).isEmpty();
    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out())
        .containsPattern("count = 2 +# command line\n")
        .containsPattern("steps = 40 +# " + file + ":2\n")
        .contains(
            "40 steps, 10,240 sequences",
            "256 sequences, at most 10,240 tokens, of 2 draws; 4 micro-batches",
            "512 sequences admitted and not yet learned",
            "rises to 1.41E-5 in 100 steps, then stays",
            "vocabulary 4; 40 of 41 positions used")
        .containsPattern(
            "memory on cpu +about 6.0 MiB: learner 5.0 MiB, samplers 0.6 MiB, scorers");
  }

  @Test
  void countsOneDrawAndOneMicroBatchInTheSingular() throws IOException {
    Path file =
        training(
            """
            samplers.batch-size = 64
            learner { batch-size = 64, micro-batch-size = 64 }
            partition-function.bootstrap-sequences = 64
            """);

    assertThat(Cli.run("validate", "-c", file.toString()).out())
        .contains(
            "of 1 draw; 1 micro-batch\n",
            "64 sequences of 1 draw, then 64 at a time, at most 65,536 in all, until 50 have weight\n");
  }

  @Test
  void whatItPrintsIsTheSameConfigurationAgain() throws IOException {
    Path file = training("run.steps = 40");

    String out = Cli.run("validate", "-c", file.toString()).out();

    Path again = Files.writeString(directory.resolve("again.conf"), out);
    assertThat(ConfigLoader.load(again, Map.of())).isEqualTo(ConfigLoader.load(file, Map.of()));
  }

  @Test
  void refusesSequencesThatDoNotFitIntoTheModel() throws IOException {
    Path file = training("samplers.prompt = abc");

    Cli cli = Cli.run("validate", "-c", file.toString());

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err())
        .contains("max-length = 40 after a prefix of 3 tokens needs 42 positions", "has 41");
  }

  @Test
  void refusesAPromptThatTheModelHasNoTokensFor() throws IOException {
    Path other = Files.createDirectory(directory.resolve("other"));
    DecoderConfig config = TinyModels.config(1, 2, 8, 41, 2, 1);
    ModelDirectory.write(
        other, config, config.initialise(1), model.resolve("tokenizer.json"), FloatType.F32);

    Cli cli =
        Cli.run(
            "validate",
            "-c",
            training("samplers { prompt = c, max-length = 3 }").toString(),
            "-D",
            "model.base=" + other);

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).contains("samplers.prompt", "token 2", "vocabulary of 2").hasLineCount(1);
  }

  @Test
  void refusesADamagedModel() throws IOException {
    Path damaged = Files.createDirectory(directory.resolve("damaged"));
    for (String part : new String[] {"config.json", "tokenizer.json"}) {
      Files.copy(model.resolve(part), damaged.resolve(part));
    }
    Files.writeString(damaged.resolve("model.safetensors"), "nonsense");

    Cli cli = Cli.run("validate", "-c", training("").toString(), "-D", "model.base=" + damaged);

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).contains("model.safetensors");
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void aConfigurationErrorTakesOneLine() throws IOException {
    Path file = training("samplers.cuont = 3");

    Cli cli = Cli.run("validate", "-c", file.toString());

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err())
        .isEqualToIgnoringNewLines(
            "tributary validate: %s:2: unknown key tributary.samplers.cuont; did you mean count?"
                .formatted(file));
  }

  @Test
  void checksAConfigurationForPretrainingAsSuch() throws IOException {
    Path text = Files.writeString(directory.resolve("text.txt"), "a b c\n");
    Path file =
        Files.writeString(
            directory.resolve("pretrain.conf"),
            """
            tributary.pretrain { from = "%s", steps = 500, output = out
              data = [ { file = "%s", format = lines, repeat = 2 } ] }
            """
                .formatted(model, text));

    Cli cli = Cli.run("validate", "-c", file.toString());

    assertThat(cli.err()).isEmpty();
    assertThat(cli.out())
        .startsWith("tributary.pretrain {")
        .containsPattern("repeat = 2 +# " + file + ":2\n");
    assertThat(cli.exitCode()).isZero();
  }

  @Test
  void whatDescribesNeitherIsReadAsTraining() throws IOException {
    Path file = Files.writeString(directory.resolve("neither.conf"), "tributary {}");

    Cli cli = Cli.run("validate", "-c", file.toString());

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).contains("missing key tributary.model.base").hasLineCount(1);
  }

  private Path training(String line) throws IOException {
    return Files.writeString(
        directory.resolve("train.conf"),
        """
        tributary { model.base = "%s", target.features = [ { name = a, type = word, word = a } ]
        %s
        }
        """
            .formatted(model, line));
  }
}
