package io.tributary.testing;

import io.tributary.tensor.Torch;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Loads the engine with one thread, once per process, before the tests of a class. */
public final class TorchExtension implements BeforeAllCallback {
  @Override
  public void beforeAll(ExtensionContext context) {
    Torch.load(1);
  }
}
