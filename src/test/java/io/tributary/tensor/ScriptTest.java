package io.tributary.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.tributary.testing.TorchExtension;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Scripts of {@code script.py}. */
@ExtendWith(TorchExtension.class)
class ScriptTest {
  private static final Map<String, Object> ATTRIBUTES =
      Map.of("factor", -0.5, "times", 70_000L, "negated", true, "name", "naïve");

  private NDManager manager;
  private NDArray x;

  @BeforeEach
  void create() {
    manager = Torch.newManager(Device.cpu());
    x = manager.create(new float[] {1, 2, 3});
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void attributesOfEveryTypeReachTheScript() {
    NDList results = Torch.inference(() -> load("Attributes", ATTRIBUTES).apply(x));
    assertThat(results.get(0).toFloatArray()).containsExactly(-0.5f, -1, -1.5f);
    // a string has the length of its UTF-8
    assertThat(results.get(1).toLongArray()).containsExactly(-70_000, 6);
    assertThat(results.get(0).getManager()).isSameAs(manager);
  }

  @Test
  void gradientsPassThroughAScript() {
    x.setRequiresGradient(true);
    NDArray cubes = Torch.recording(() -> load("Cube", Map.of()).apply(x).get(0));
    Ops.backward(cubes, cubes.onesLike());
    assertThat(x.getGradient().toFloatArray()).containsExactly(3, 12, 27);
  }

  @Test
  void withoutGradientModeNothingIsRecordedAndResultsMayBeOverwritten() {
    x.setRequiresGradient(true);
    NDArray cubes = Torch.inference(() -> load("Cube", Map.of()).apply(x).get(0).addi(1));
    assertThat(cubes.toFloatArray()).containsExactly(2, 9, 28);
    assertThat(cubes.hasGradient()).isFalse();
  }

  @Test
  void severalThreadsMayApplyOneScript() {
    Script cube = load("Cube", Map.of());
    List<List<Float>> results =
        IntStream.range(0, 100)
            .parallel()
            .mapToObj(i -> Torch.inference(() -> cube.apply(x).get(0).toFloatArray()))
            .map(values -> List.of(values[0], values[1], values[2]))
            .toList();
    assertThat(results).containsOnly(List.of(1f, 8f, 27f));
  }

  @Test
  void whatIsWrongIsSaid() {
    assertThatThrownBy(() -> load("Wrong", Map.of()))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("no_such_operation");
    assertThatThrownBy(() -> load("Cube", Map.of("number", 1.5f)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1.5");
    assertThatThrownBy(() -> Script.load(manager, ScriptTest.class, "missing.py", "Cube", Map.of()))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("missing.py");
    assertThatThrownBy(() -> load("Cube", Map.of()).apply(x, x))
        .isInstanceOf(EngineException.class);
  }

  private Script load(String type, Map<String, Object> attributes) {
    return Script.load(manager, ScriptTest.class, "script.py", type, attributes);
  }
}
