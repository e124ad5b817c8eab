package io.tributary.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * Several operations of libtorch in one call, written in TorchScript: also such that DJL does not
 * offer, and arrays between them are freed, or overwritten, as soon as they are not needed.
 *
 * <p>Works on any device, differentiably if gradients are recorded. Thread-safe.
 */
/*
 * The source is a resource in the dialect of torch.jit.save (https://pytorch.org/docs/stable/jit_language_reference.html):
 * classes of Module with one method, forward, and functions, which are called __torch__.name. libtorch knows operations
 * as torch.name, and compiles the source when it is loaded; errors name its line.
 */
public final class Script {
  private final PtSymbolBlock block;

  private Script(PtSymbolBlock block) {
    this.block = block;
  }

  /**
   * Compiles a resource.
   *
   * @param owner frees the script when it is closed
   * @param beside a class in whose package the resource lies
   * @param resource its file name
   * @param type the class in it whose {@code forward} is called
   * @param attributes of that class: Boolean, Long, Double or String
   * @throws ai.djl.engine.EngineException if the source is wrong
   */
  public static Script load(
      NDManager owner,
      Class<?> beside,
      String resource,
      String type,
      Map<String, Object> attributes) {
    try (InputStream source = beside.getResourceAsStream(resource)) {
      if (source == null) {
        throw new FileNotFoundException("resource " + resource + " beside " + beside);
      }
      byte[] archive = ScriptArchive.of(source.readAllBytes(), type, attributes);
      return new Script(
          JniUtils.loadModule(
              (PtNDManager) owner, new ByteArrayInputStream(archive), false, false));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The results of {@code forward}, owned by the manager of the first input.
   *
   * @param inputs its parameters, all of them tensors
   * @throws ai.djl.engine.EngineException if they do not fit
   */
  public NDList apply(NDArray... inputs) {
    // Of this thread. The optimiser would compile other code for the third call than for the first.
    JniUtils.setGraphExecutorOptimize(false);
    // "Training" only means that the thread's gradient mode is kept.
    return IValueUtils.forward(block, new NDList(inputs), true);
  }
}
