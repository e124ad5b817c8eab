package io.tributary.cli;

import io.tributary.config.ConfigLoader;
import io.tributary.config.ModelConfig;
import io.tributary.config.PretrainConfig.Dtype;
import io.tributary.config.binding.ConfigException;
import io.tributary.data.BadInputException;
import io.tributary.data.TensorBytes;
import io.tributary.io.DiskRoom;
import io.tributary.model.ModelDirectory;
import io.tributary.stage.learn.checkpoint.CheckpointFiles;
import io.tributary.tensor.FloatType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Exports a trained policy as a model directory. */
@Command(
    name = "export",
    header = "Exports a trained policy.",
    description = {
      "Writes the policy of a checkpoint as a Hugging Face model directory:",
      "config.json, model.safetensors and tokenizer.json. Existing files are never overwritten."
    })
final class ExportVerb extends Verb {

  @Option(
      names = "--checkpoint",
      required = true,
      paramLabel = "DIR",
      description = "The checkpoint, such as runs/NAME/checkpoints/step-00000100.")
  @SuppressWarnings("NullAway.Init")
  private Path checkpoint;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "DIR",
      description = "The model directory to write; it must be new or empty.")
  @SuppressWarnings("NullAway.Init")
  private Path to;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description =
          "The base model that the run started from, for its architecture and "
              + "tokenizer. Default: model.base in effective.conf of the run that the "
              + "checkpoint belongs to.")
  private @Nullable Path model;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      description =
          "Type of the stored weights: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Dtype dtype = Dtype.F32;

  @Override
  public Integer call() {
    requireNothingThere();
    ModelDirectory base = ModelDirectory.open(model == null ? baseOfRun() : model);
    base.tokenizer();
    Path tokenizer = base.path().resolve(ModelDirectory.TOKENIZER);
    FloatType type = dtype == Dtype.F16 ? FloatType.F16 : FloatType.F32;
    try {
      long bytes = ModelDirectory.bytes(base.config(), type, Files.size(tokenizer));
      DiskRoom.require("--to", to, "the model", bytes);
      List<TensorBytes> policy =
          new CheckpointFiles(checkpoint).policy(base.config(), base.weights());
      ModelDirectory.write(to, base.config(), policy, tokenizer, type);
    } catch (IOException e) {
      throw new BadInputException("--to = %s can't be written: %s".formatted(to, e), e);
    }
    return Tributary.DONE;
  }

  private void requireNothingThere() {
    try (Stream<Path> entries = Files.isDirectory(to) ? Files.list(to) : Stream.empty()) {
      if (entries.findAny().isPresent() || (Files.exists(to) && !Files.isDirectory(to))) {
        throw new BadInputException(
            "--to = %s exists and is not overwritten; name another directory".formatted(to));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path baseOfRun() {
    Path run = checkpoint.toAbsolutePath().normalize().resolve("../..").normalize();
    Path file = run.resolve("effective.conf");
    if (!Files.isDirectory(checkpoint)) {
      throw new BadInputException(
          "--checkpoint = %s is not a directory; expected one such as runs/NAME/checkpoints/step-00000100"
              .formatted(checkpoint));
    }
    try {
      return ConfigLoader.read(file, Map.of())
          .baseModel()
          .map(ModelConfig::base)
          .orElseThrow(() -> new ConfigException(file + " names no model.base"));
    } catch (ConfigException e) {
      throw new BadInputException(
          "the base model of the run was not found; --model names it: " + e.getMessage(), e);
    }
  }
}
