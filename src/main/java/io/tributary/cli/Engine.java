package io.tributary.cli;

import io.tributary.config.NativeConfig;
import io.tributary.tensor.Torch;

/** Loads the tensor engine as configured. */
final class Engine {
  private Engine() {}

  static void load(NativeConfig config) {
    Torch.load(config.intraOpThreads(), config.mklFastPath() == NativeConfig.MklFastPath.AUTO);
  }
}
