package io.tributary.cli.options;

import ai.djl.Device;
import io.tributary.data.BadInputException;
import io.tributary.tensor.Torch;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** A {@code @Mixin} of verbs that compute with one model: which, and on what. */
public final class ModelOptions {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description =
          "The model directory: config.json, model.safetensors and, to read and show text, "
              + "tokenizer.json.")
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description = "Where it computes: cpu, gpu or gpu:N. Default: ${DEFAULT-VALUE}.")
  private String device = "cpu";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Threads of one native operation. Default: as many as there are processors, here "
              + "${DEFAULT-VALUE}. Another number may change the last digits of a result.")
  private int threads = Runtime.getRuntime().availableProcessors();

  public Device device() {
    return Torch.device(device);
  }

  Path directory() {
    return directory;
  }

  /**
   * Loads the engine and the model.
   *
   * @throws BadInputException if an option or the directory can't be used
   */
  public LoadedModel load() {
    if (threads < 1) {
      throw new BadInputException("--threads = %d: expected at least 1".formatted(threads));
    }
    Torch.load(threads);
    return load(directory);
  }

  /** Loads another model, onto the same device; the engine must be loaded. */
  public LoadedModel load(Path other) {
    return LoadedModel.read(other, device());
  }
}
