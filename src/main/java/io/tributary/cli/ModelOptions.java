package io.tributary.cli;

import io.tributary.cli.standalone.LoadedModel;
import io.tributary.data.BadInputException;
import io.tributary.tensor.Torch;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The model that a verb computes with, and the device and threads that it computes on. */
final class ModelOptions {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description =
          "The model directory: config.json, model.safetensors and, for text, tokenizer.json.")
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description = "Device to compute on: cpu, gpu or gpu:N. Default: ${DEFAULT-VALUE}.")
  private String device = "cpu";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Threads per native operation. Default: the number of processors, here "
              + "${DEFAULT-VALUE}. Another number may change the last digits of a result.")
  private int threads = Runtime.getRuntime().availableProcessors();

  /**
   * Loads the engine and the model.
   *
   * @throws BadInputException if an option or the directory can't be used
   */
  LoadedModel load() {
    if (threads < 1) {
      throw new BadInputException("--threads = %d: expected at least 1".formatted(threads));
    }
    Torch.load(threads);
    return LoadedModel.read(directory, Torch.device(device));
  }
}
