package io.tributary.testing.model;

import ai.djl.Device;
import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.tributary.tensor.Torch;
import java.lang.reflect.Field;
import java.util.Map;

/** Counts the native arrays of this process. */
public final class LiveArrays {
  private LiveArrays() {}

  /** Arrays that the engine's root manager or any manager below it owns. */
  public static long count() {
    try (NDManager manager = Torch.newManager(Device.cpu())) {
      return count(manager.getParentManager());
    }
  }

  private static long count(NDManager manager) {
    long arrays = 0;
    for (Object resource : resources(manager).values()) {
      if (resource instanceof NDManager below) {
        arrays += count(below);
      } else if (resource instanceof NDArray) {
        arrays++;
      }
    }
    return arrays;
  }

  private static Map<?, ?> resources(NDManager manager) {
    try {
      Field resources = BaseNDManager.class.getDeclaredField("resources");
      resources.setAccessible(true);
      return (Map<?, ?>) resources.get(manager);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the engine has no such field", e);
    }
  }
}
