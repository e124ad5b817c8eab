package io.tributary.tensor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.tributary.data.TensorBytes;
import io.tributary.testing.JavaProcess;
import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.Tensors;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(TorchExtension.class)
class TensorCopyTest {
  private NDManager manager;

  @BeforeEach
  void open() {
    manager = Torch.newManager(Device.cpu());
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 7, 131_072, 131_073, 262_144, 300_001})
  void whatGoesInComesOut(long columns) {
    TensorBytes tensor = Tensors.of("t", i -> i * 0.5, 2, columns);
    NDArray array = TensorCopy.create(manager, tensor);
    assertThat(TensorCopy.toBytes("t", array).bytes()).isEqualTo(tensor.bytes());
  }

  @Test
  void scalarsAndEmptyTensorsAreCopiedToo() {
    for (TensorBytes tensor :
        new TensorBytes[] {Tensors.of("scalar", i -> 3), Tensors.of("empty", i -> 0, 0, 3)}) {
      NDArray array = TensorCopy.create(manager, tensor);
      assertThat(TensorCopy.toBytes(tensor.name(), array))
          .usingRecursiveComparison()
          .isEqualTo(tensor);
    }
  }

  @Test
  void viewsAreCopiedInTheirOwnOrder() {
    NDArray array = TensorCopy.create(manager, Tensors.of("t", i -> i, 2, 3));
    assertThat(TensorCopy.toBytes("t", array.transpose()).values())
        .containsExactly(0, 3, 1, 4, 2, 5);
    assertThat(TensorCopy.toBytes("t", Ops.slice(array, 0, 1, 2)).values())
        .containsExactly(3, 4, 5);
  }

  /** Copies what its heap has no room for. */
  static final class LargeCopy {
    private LargeCopy() {}

    public static void main(String[] arguments) {
      Torch.load(1);
      try (NDManager manager = Torch.newManager(Device.cpu())) {
        TensorCopy.toBytes("large", manager.zeros(new Shape(50_000_000)));
      } catch (OutOfMemoryError e) {
        System.exit(3);
      }
    }
  }

  @Slow
  @Test
  void aHeapThatIsTooSmallIsAnErrorOfJavas() throws Exception {
    ProcessBuilder builder = JavaProcess.of(LargeCopy.class.getName(), List.of());
    builder.command().add(1, "-Xmx64m");
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isEqualTo(3);
  }

  @Test
  void settingChangesTheValuesBehindEveryHandle() {
    NDArray array = TensorCopy.create(manager, Tensors.of("t", i -> 0, 3, 4));
    NDArray view = Ops.slice(array, 0, 1, 2);
    TensorCopy.set(array, Tensors.of("t", i -> i, 3, 4));
    assertThat(view.toFloatArray()).containsExactly(4, 5, 6, 7);
  }

  @Test
  void aCopyDoesNotFollowTheArray() {
    NDArray array = TensorCopy.create(manager, Tensors.of("t", i -> 1, 3));
    TensorBytes copy = TensorCopy.toBytes("t", array);
    TensorCopy.set(array, Tensors.of("t", i -> 2, 3));
    assertThat(copy.values()).containsExactly(1, 1, 1);
  }

  @Test
  void anotherShapeIsRefusedByName() {
    NDArray array = TensorCopy.create(manager, Tensors.of("t", i -> 0, 3, 4));
    assertThatThrownBy(() -> TensorCopy.set(array, Tensors.of("t", i -> 0, 4, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("t has shape [4, 3]");
  }

  @Test
  void threadsThatEndLeaveNoDirectMemoryBehind() throws InterruptedException {
    NDArray array = TensorCopy.create(manager, Tensors.of("t", i -> 0, 300_000));
    TensorBytes values = Tensors.of("t", i -> i, 300_000);
    long before = directBytes();
    for (int i = 0; i < 40; i++) {
      Thread thread = new Thread(() -> TensorCopy.set(array, values));
      thread.start();
      thread.join();
    }
    // other tests' garbage may be collected meanwhile, but nothing else is allocated
    assertThat(directBytes() - before).isLessThan(8 << 20);
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
