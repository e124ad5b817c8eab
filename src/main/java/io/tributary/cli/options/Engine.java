package io.tributary.cli.options;

import io.tributary.config.NativeConfig;
import io.tributary.tensor.Torch;

/** Loads the tensor engine as configured. */
public final class Engine {
  private Engine() {}

  public static void load(NativeConfig config) {
    Torch.load(config.intraOpThreads(), config.mklFastPath() == NativeConfig.MklFastPath.AUTO);
  }
}
