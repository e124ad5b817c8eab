package io.tributary.tensor;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import io.tributary.data.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A TorchScript module, as {@code torch.jit.save} writes it, for inference only. Thread-safe, but
 * for {@link #close}.
 */
public record ScriptModule(Path file, NDManager manager, PtSymbolBlock block)
    implements AutoCloseable {
  /**
   * Reads a module.
   *
   * @throws BadInputException if the file is missing or not a module
   */
  public static ScriptModule load(Path file, Device device) {
    if (!Files.isReadable(file)) {
      throw new BadInputException(file + " does not exist or can't be read");
    }
    NDManager manager = Torch.newManager(device);
    try {
      String[] none = {};
      return new ScriptModule(
          file,
          manager,
          JniUtils.loadModule((PtNDManager) manager, file, false, none, none, false));
    } catch (EngineException e) {
      manager.close();
      throw new BadInputException(
          "%s is not a TorchScript module that libtorch can load: %s".formatted(file, firstLine(e)),
          e);
    }
  }

  /** A new manager on the module's device, for the inputs of a pass. */
  public NDManager newSubManager() {
    return manager.newSubManager();
  }

  /**
   * The output of {@code forward}, which must be one tensor; owned by the manager of the first
   * input.
   *
   * @throws BadInputException if the module does not take these inputs or gives something else
   */
  public NDArray forward(NDArray... inputs) {
    IValue[] arguments =
        Stream.of(inputs).map(input -> IValue.from((PtNDArray) input)).toArray(IValue[]::new);
    try (IValue output = Torch.inference(() -> block.forward(arguments))) {
      if (!output.isTensor()) {
        throw new BadInputException(
            "%s: its output is a %s, expected a tensor".formatted(file, output.getType()));
      }
      return output.toTensor((PtNDManager) inputs[0].getManager());
    } catch (EngineException e) {
      throw new BadInputException(
          "%s: its forward method fails on the inputs it is given: %s"
              .formatted(file, firstLine(e)),
          e);
    } finally {
      Stream.of(arguments).forEach(IValue::close);
    }
  }

  private static String firstLine(EngineException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  @Override
  public void close() {
    block.close();
    manager.close();
  }
}
