package io.tributary.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.tributary.data.BadInputException;
import io.tributary.testing.TorchExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TorchExtension.class)
class TorchTest {

  @Test
  void theFirstLoadDecidesTheNumberOfThreads() {
    Torch.load(5);
    assertThat(Torch.intraOpThreads()).isEqualTo(1);
  }

  @Test
  void devicesAreNamedAsInTheConfiguration() {
    assertThat(Torch.device("cpu")).isEqualTo(Device.cpu());
    assertThat(Torch.device("CPU")).isEqualTo(Device.cpu());
  }

  @Test
  void anUnknownOrMissingDeviceIsRefusedByName() {
    for (String name : new String[] {"tpu", "gpu:", "gpu:x", "", "gpu:1000", "gpu:99999999999"}) {
      assertThatThrownBy(() -> Torch.device(name))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("'" + name + "'");
    }
  }

  /** Whether there is a GPU or not, it is the one with the number 0. */
  @Test
  void theFirstGpuNeedsNoNumber() {
    if (Engine.getEngine("PyTorch").getGpuCount() > 0) {
      assertThat(Torch.device("gpu")).isEqualTo(Torch.device("gpu:0"));
    } else {
      assertThatThrownBy(() -> Torch.device("gpu"))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("'gpu'");
    }
  }

  @Test
  void graphsAreBuiltOnlyWhileRecording() {
    try (NDManager manager = Torch.newManager(Device.cpu())) {
      NDArray leaf = leaf(manager);
      NDArray recorded = Torch.inference(() -> Torch.recording(() -> leaf.mul(2)));
      Ops.backward(recorded, recorded.onesLike());
      assertThat(leaf.getGradient().toFloatArray()).containsExactly(2, 2);

      NDArray constant = Torch.recording(() -> Torch.inference(() -> leaf.mul(2)));
      assertThatThrownBy(() -> Ops.backward(constant, constant.onesLike()))
          .hasMessageContaining("does not require grad");
    }
  }

  @Test
  void gradientModeIsRestoredWhenTheBodyFails() {
    try (NDManager manager = Torch.newManager(Device.cpu())) {
      NDArray leaf = leaf(manager);
      Torch.inference(
          () -> {
            assertThatThrownBy(() -> Torch.recording(TorchTest::fail))
                .isInstanceOf(IllegalStateException.class);
            NDArray constant = leaf.mul(2);
            assertThatThrownBy(() -> Ops.backward(constant, constant.onesLike()))
                .hasMessageContaining("does not require grad");
            return null;
          });
    }
  }

  private static NDArray leaf(NDManager manager) {
    NDArray leaf = manager.ones(new Shape(2));
    leaf.setRequiresGradient(true);
    return leaf;
  }

  @Test
  void theSeedDecidesDropout() {
    try (NDManager manager = Torch.newManager(Device.cpu())) {
      NDArray ones = manager.ones(new Shape(1000));
      Torch.seed(3);
      float[] first = Ops.dropout(ones, 0.25).toFloatArray();
      float[] second = Ops.dropout(ones, 0.25).toFloatArray();
      Torch.seed(3);
      assertThat(Ops.dropout(ones, 0.25).toFloatArray()).containsExactly(first);
      assertThat(second).isNotEqualTo(first);
    }
  }

  private static Object fail() {
    throw new IllegalStateException("as asked");
  }
}
