package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDScope;
import io.tributary.tensor.AdamW;
import io.tributary.tensor.Torch;
import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.TinyModels;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What the autograd graph saves for the backward pass must not lie in memory that Java may free.
 */
@ExtendWith(TorchExtension.class)
@Slow
class GarbageCollectionTest {
  private static final DecoderConfig CONFIG = TinyModels.config(3, 2, 8, 16, 50, 49);
  private static final int[] PREFIX = {49};
  private static final List<int[]> SEQUENCES =
      List.of(new int[] {1, 2, 3, 4, 5, 6}, new int[] {7, 8, 9, 10}, new int[] {11, 12, 49});

  @Test
  void aCollectionBetweenForwardAndBackwardChangesNoGradient() {
    try (LanguageModel model = CONFIG.model(CONFIG.initialise(3), Device.cpu());
        ModelTraining training =
            new ModelTraining(model, new AdamW.Settings(0.9, 0.999, 1e-8, 0))) {
      Map<String, float[]> undisturbed = gradients(training, () -> {});
      for (int round = 0; round < 10; round++) {
        Map<String, float[]> disturbed = gradients(training, GarbageCollectionTest::collect);
        undisturbed.forEach(
            (name, gradient) -> assertThat(disturbed.get(name)).as(name).isEqualTo(gradient));
      }
    }
  }

  private static Map<String, float[]> gradients(ModelTraining training, Runnable between) {
    training.zeroGradients();
    training.accumulate(
        PREFIX,
        SEQUENCES,
        0,
        logProbs -> {
          between.run();
          return new double[] {0.5, -1, 2};
        });
    Map<String, float[]> gradients = new LinkedHashMap<>();
    training
        .model()
        .weights()
        .forEach(
            (name, weight) ->
                gradients.put(
                    name,
                    Torch.inference(
                        () -> {
                          try (NDScope scope = new NDScope()) {
                            scope.suppressNotUsedWarning();
                            return weight.getGradient().toFloatArray();
                          }
                        })));
    return gradients;
  }

  /** Has unreachable direct buffers freed, and what they held overwritten. */
  private static void collect() {
    List<ByteBuffer> overwriting = new ArrayList<>();
    for (int round = 0; round < 5; round++) {
      System.gc();
      System.runFinalization();
      for (int i = 0; i < 2000; i++) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(4 + i % 4);
        Arrays.asList(0, 1, 2, 3).forEach(at -> buffer.put(at, (byte) 0x7f));
        overwriting.add(buffer);
      }
    }
    assertThat(overwriting).hasSize(10_000);
  }
}
