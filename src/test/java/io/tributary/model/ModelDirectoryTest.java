package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.data.BadInputException;
import io.tributary.data.TensorBytes;
import io.tributary.tensor.FloatType;
import io.tributary.tensor.SafeTensors;
import io.tributary.testing.model.Tensors;
import io.tributary.testing.model.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelDirectoryTest {
  private static final DecoderConfig CONFIG = TinyModels.config(1, 1, 2, 3, 5, 4);
  private static final List<TensorBytes> WEIGHTS = TinyModels.weights(CONFIG, 1, 0.5);

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void configure() throws IOException {
    Files.writeString(directory.resolve(ModelDirectory.CONFIG), CONFIG.toJson());
    file = directory.resolve(ModelDirectory.WEIGHTS);
  }

  @Test
  void theOrderOfTheFileDoesNotMatter() throws IOException {
    List<TensorBytes> reversed = new ArrayList<>(WEIGHTS);
    java.util.Collections.reverse(reversed);
    SafeTensors.write(file, reversed, FloatType.F32);
    assertThat(weights()).usingRecursiveFieldByFieldElementComparator().isEqualTo(WEIGHTS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "transformer."})
  void masksOfOlderFilesAreIgnored(String prefix) throws IOException {
    List<TensorBytes> more = new ArrayList<>();
    WEIGHTS.forEach(t -> more.add(new TensorBytes(prefix + t.name(), t.shape(), t.bytes())));
    more.add(Tensors.of(prefix + "h.0.attn.bias", i -> 1, 1, 1, 3, 3));
    more.add(Tensors.of(prefix + "h.0.attn.masked_bias", i -> -1e4));
    SafeTensors.write(file, more, FloatType.F32);
    assertThat(weights()).usingRecursiveFieldByFieldElementComparator().isEqualTo(WEIGHTS);
  }

  @Test
  void everyMissingTensorIsNamed() throws IOException {
    for (int k = 0; k < WEIGHTS.size(); k++) {
      List<TensorBytes> fewer = new ArrayList<>(WEIGHTS);
      assertRefused(fewer, "lacks tensor " + fewer.remove(k).name() + " ");
    }
  }

  @Test
  void everyMisshapenTensorIsNamedWithBothShapes() throws IOException {
    for (int k = 0; k < WEIGHTS.size(); k++) {
      List<TensorBytes> others = new ArrayList<>(WEIGHTS);
      TensorBytes tensor = WEIGHTS.get(k);
      others.set(k, Tensors.of(tensor.name(), i -> 0, 7, 1));
      assertRefused(
          others,
          tensor.name(),
          "shape [7, 1]",
          "asks for " + java.util.Arrays.toString(tensor.shape()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "h.1.ln_1.weight",
        "transformer.h.0.attn.rotary.weight",
        "score.weight",
        "h.0.attn.c_attn.scale",
        "h.x.attn.bias"
      })
  void aSurplusTensorIsNamed(String name) throws IOException {
    List<TensorBytes> more = new ArrayList<>(WEIGHTS);
    more.add(Tensors.of(name, i -> 0, 2));
    assertRefused(more, name);
  }

  @Test
  void aTensorThatIsThereTwiceIsNamed() throws IOException {
    List<TensorBytes> more = new ArrayList<>(WEIGHTS);
    more.add(Tensors.of("transformer.ln_f.bias", i -> 0, 2));
    assertRefused(more, "ln_f.bias", "twice");
  }

  @Test
  void aRedundantOutputLayerMustHaveTheEmbeddingsShape() throws IOException {
    List<TensorBytes> more = new ArrayList<>(WEIGHTS);
    more.add(Tensors.of("lm_head.weight", i -> 0, 5, 2));
    SafeTensors.write(file, more, FloatType.F32);
    assertThat(weights()).hasSize(WEIGHTS.size());
    more.set(more.size() - 1, Tensors.of("lm_head.weight", i -> 0, 5, 3));
    assertRefused(more, "lm_head.weight", "[5, 3]");
  }

  @Test
  void aSeparateOutputLayerThatIsMissingIsNamed() throws IOException {
    Files.writeString(directory.resolve(ModelDirectory.CONFIG), TinyModels.untied(CONFIG).toJson());
    assertRefused(WEIGHTS, "lm_head.weight");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void aWeightThatIsNoFiniteNumberIsRefusedWithItsTensor(float value) throws IOException {
    TensorBytes last = WEIGHTS.get(WEIGHTS.size() - 1);
    int n = last.bytes().length / Float.BYTES;
    List<TensorBytes> damaged = new ArrayList<>(WEIGHTS.subList(0, WEIGHTS.size() - 1));
    damaged.add(Tensors.of(last.name(), i -> i == n - 1 ? value : 0, last.shape()[0]));
    assertRefused(damaged, last.name(), "holds " + value);
  }

  @Test
  void flippedBitsAreReadOrRefusedButNothingElse() throws IOException {
    CONFIG.tensors().write(file, WEIGHTS, FloatType.F16);
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(3);
    int refused = 0;
    for (int round = 0; round < 1_000; round++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, damaged);
      try {
        assertThat(weights()).hasSize(WEIGHTS.size());
      } catch (BadInputException e) {
        assertThat(e).hasMessageContaining(file.toString());
        refused++;
      }
    }
    assertThat(refused).isBetween(400, 1_000);
  }

  @Test
  void aMissingDirectoryOrFileIsNamed() throws IOException {
    Path nowhere = directory.resolve("nowhere");
    assertThatThrownBy(() -> ModelDirectory.open(nowhere))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(nowhere.toString());
    assertThatThrownBy(this::weights)
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(file + " does not exist");
    assertThatThrownBy(() -> ModelDirectory.open(directory).tokenizer())
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(ModelDirectory.TOKENIZER);
    Files.delete(directory.resolve(ModelDirectory.CONFIG));
    assertThatThrownBy(() -> ModelDirectory.open(directory))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(ModelDirectory.CONFIG);
  }

  private List<TensorBytes> weights() {
    return ModelDirectory.open(directory).weights();
  }

  private void assertRefused(List<TensorBytes> tensors, String... parts) throws IOException {
    SafeTensors.write(file, tensors, FloatType.F32);
    assertThatThrownBy(this::weights)
        .isInstanceOf(BadInputException.class)
        .message()
        .contains(file.toString())
        .contains(parts);
  }
}
