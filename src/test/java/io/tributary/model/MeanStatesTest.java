package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import io.tributary.tensor.Torch;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.LiveArrays;
import io.tributary.testing.model.TinyModels;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(TorchExtension.class)
class MeanStatesTest {
  private static final int LAYERS = 2;
  private static final int WIDTH = 8;
  private static final int BOS = 39;

  private final LanguageModel model = TinyModels.tied(40, 6, 1);

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void theLastLayersPartIsTheMeanOfTheLastHiddenStatesBehindBos() {
    float[] mean = new MeanStates(model, 4).of(List.of(new int[] {3, 0, 12}))[0];
    assertThat(mean).hasSize((LAYERS + 1) * WIDTH);

    float[] states = lastHidden(BOS, 3, 0, 12);
    for (int j = 0; j < WIDTH; j++) {
      float expected = (states[WIDTH + j] + states[2 * WIDTH + j] + states[3 * WIDTH + j]) / 3;
      assertThat(mean[LAYERS * WIDTH + j]).isEqualTo(expected, within(1e-5f));
    }
  }

  @Test
  void theFirstPartIsTheMeanOfTheEmbeddings() {
    float[] mean = new MeanStates(model, 4).of(List.of(new int[] {3, 5}))[0];
    float[] tokens = model.weight("wte.weight").toFloatArray();
    float[] positions = model.weight("wpe.weight").toFloatArray();
    for (int j = 0; j < WIDTH; j++) {
      float first = tokens[3 * WIDTH + j] + positions[WIDTH + j];
      float second = tokens[5 * WIDTH + j] + positions[2 * WIDTH + j];
      assertThat(mean[j]).isEqualTo((first + second) / 2, within(1e-6f));
    }
  }

  @Test
  void aTextWithoutTokensIsBosAlone() {
    float[] mean = new MeanStates(model, 4).of(List.of(new int[0]))[0];
    assertThat(Arrays.copyOfRange(mean, LAYERS * WIDTH, (LAYERS + 1) * WIDTH))
        .containsExactly(lastHidden(BOS), within(1e-5f));
  }

  @Test
  void whatDoesNotFitIntoTheModelsPositionsIsLeftOut() {
    float[][] means =
        new MeanStates(model, 4)
            .of(List.of(new int[] {1, 2, 3, 4, 5, 6, 7, 8}, new int[] {1, 2, 3, 4, 5}));
    assertThat(means[0]).containsExactly(means[1], within(1e-5f));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 100})
  void paddingAndCompanyChangeNothing(int maxRows) {
    List<int[]> texts =
        List.of(new int[] {7}, new int[0], new int[] {1, 2, 3, 4}, new int[] {5, 6}, new int[] {9});
    float[][] together = new MeanStates(model, maxRows).of(texts);
    for (int i = 0; i < texts.size(); i++) {
      assertThat(together[i])
          .containsExactly(new MeanStates(model, 1).of(texts.subList(i, i + 1))[0], within(1e-5f));
    }
    assertThat(new MeanStates(model, maxRows).of(List.of())).isEmpty();
  }

  @Test
  void severalThreadsMayUseOneModelAndNoArrayIsLeftBehind() {
    List<int[]> texts = List.of(new int[] {7, 8}, new int[] {1, 2, 3});
    MeanStates states = new MeanStates(model, 1);
    float[][] alone = states.of(texts);
    long before = LiveArrays.count();
    assertThat(IntStream.range(0, 64).parallel().mapToObj(i -> states.of(texts)).toList())
        .allSatisfy(means -> assertThat(means).isDeepEqualTo(alone));
    assertThat(LiveArrays.count()).isEqualTo(before);
  }

  @Test
  void aTokenOfAnotherVocabularyIsRefused() {
    assertThatThrownBy(() -> new MeanStates(model, 1).of(List.of(new int[] {40})))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("token 40")
        .hasMessageContaining("vocabulary of 40");
  }

  private float[] lastHidden(long... tokens) {
    return Torch.inference(
        () -> {
          try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDManager manager = model.manager();
            return model
                .hidden(manager.create(tokens, new Shape(1, tokens.length)), null, 0)
                .toFloatArray();
          }
        });
  }
}
