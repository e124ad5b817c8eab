package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tributary.data.TensorBytes;
import io.tributary.tensor.AdamW;
import io.tributary.tensor.TensorCopy;
import io.tributary.tensor.Torch;
import io.tributary.tensor.TrainedParameter;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.Tensors;
import io.tributary.testing.model.TinyModels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(TorchExtension.class)
class ModelTrainingTest {
  private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.9, 0.999, 1e-8, 0.01);
  private static final int VOCABULARY = 11;
  private static final int[] PREFIX = {10, 3};
  private static final List<int[]> SEQUENCES =
      List.of(new int[] {1, 2, 3, 4, 10}, new int[] {0}, new int[] {9, 9, 2}, new int[] {5, 10});
  private static final double[] COEFFICIENTS = {0.3, -0.7, 1.1, 0.05};

  @ParameterizedTest
  @CsvSource({"true, 512", "false, 512", "true, 4", "false, 1", "false, 3"})
  void gradientsAgreeWithFiniteDifferencesInEveryTensor(boolean tied, int block) {
    try (LanguageModel model = model(tied);
        ModelTraining training = training(model, block)) {
      training.accumulate(PREFIX, SEQUENCES, 0, any -> COEFFICIENTS);
      Random random = new Random(1);
      for (TrainedParameter parameter : training.parameters()) {
        float[] gradient = gradient(parameter);
        for (int round = 0; round < 3; round++) {
          double[] direction = unit(gradient.length, random);
          double slope = 0;
          for (int i = 0; i < gradient.length; i++) {
            slope += gradient[i] * direction[i];
          }
          assertThat(slope)
              .as(parameter.name())
              .isEqualTo(difference(model, parameter, direction), within(4e-3));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void blocksOfTheVocabularyDoNotChangeTheGradient(boolean tied) {
    try (LanguageModel model = model(tied)) {
      Map<String, float[]> whole = gradients(model, 512, t -> accumulate(t, SEQUENCES));
      for (int block : new int[] {1, 3, 4, 10, 11}) {
        assertSameGradients(gradients(model, block, t -> accumulate(t, SEQUENCES)), whole);
      }
    }
  }

  @Test
  void microBatchesAddUpToTheGradientOfTheLargeBatch() {
    try (LanguageModel model = model(true)) {
      Map<String, float[]> large = gradients(model, 512, t -> accumulate(t, SEQUENCES));
      Map<String, float[]> added =
          gradients(
              model,
              512,
              training -> {
                for (int i = 0; i < SEQUENCES.size(); i++) {
                  double[] c = {COEFFICIENTS[i]};
                  training.accumulate(PREFIX, SEQUENCES.subList(i, i + 1), 0, any -> c);
                }
              });
      assertSameGradients(added, large);
    }
  }

  @Test
  void sequencesOfCoefficientZeroContributeNothing() {
    try (LanguageModel model = model(false)) {
      double[] c = {0.3, 0, 0, 0.05};
      Map<String, float[]> all =
          gradients(model, 512, t -> t.accumulate(PREFIX, SEQUENCES, 0, any -> c));
      double[] positive = {0.3, 0.05};
      Map<String, float[]> some =
          gradients(
              model,
              512,
              t ->
                  t.accumulate(
                      PREFIX, List.of(SEQUENCES.get(0), SEQUENCES.get(3)), 0, any -> positive));
      assertSameGradients(all, some);
      Map<String, float[]> none =
          gradients(model, 512, t -> t.accumulate(PREFIX, SEQUENCES, 0, any -> new double[4]));
      none.values().forEach(gradient -> assertThat(gradient).containsOnly(0f));
    }
  }

  @Test
  void coefficientsGetTheLogProbabilitiesOfTheSamePass() {
    try (LanguageModel model = model(true);
        ModelTraining training = training(model, 512)) {
      List<double[]> seen = new ArrayList<>();
      UnaryOperator<double[]> coefficients =
          logProbs -> {
            seen.add(logProbs.clone());
            Arrays.fill(logProbs, 0); // what it does with its array is its own affair
            return COEFFICIENTS;
          };
      double[] returned = training.accumulate(PREFIX, SEQUENCES, 0, coefficients);
      assertThat(seen).containsExactly(returned);
      double[] scored = new SequenceScores(model, 8).logProbs(PREFIX, SEQUENCES);
      for (int i = 0; i < scored.length; i++) {
        assertThat(returned[i]).isEqualTo(scored[i], within(1e-5));
      }
    }
  }

  @Test
  void dropoutSeededAgainGivesTheSameGradient() {
    try (LanguageModel model = model(true)) {
      Map<String, float[]> first = gradients(model, 512, t -> dropped(t, 5));
      Map<String, float[]> again = gradients(model, 512, t -> dropped(t, 5));
      Map<String, float[]> other = gradients(model, 512, t -> dropped(t, 6));
      first.forEach((name, gradient) -> assertThat(again.get(name)).containsExactly(gradient));
      assertThat(other.get("wte.weight")).isNotEqualTo(first.get("wte.weight"));
    }
  }

  @Test
  void zeroingClearsWhatWasAccumulated() {
    try (LanguageModel model = model(true);
        ModelTraining training = training(model, 512)) {
      accumulate(training, SEQUENCES);
      Map<String, float[]> once = gradients(training);
      assertThat(training.gradientNorm()).isEqualTo(norm(once), within(1e-4 * norm(once)));
      training.zeroGradients();
      assertThat(training.gradientNorm()).isZero();
      accumulate(training, SEQUENCES);
      assertSameGradients(gradients(training), once);
    }
  }

  @Test
  void stepsAlongTheGradientMakeASequenceLikelier() {
    try (LanguageModel model = model(false);
        ModelTraining training = training(model, 512)) {
      List<int[]> one = SEQUENCES.subList(0, 1);
      double before = new SequenceScores(model, 1).logProbs(PREFIX, one)[0];
      for (int step = 0; step < 30; step++) {
        training.zeroGradients();
        training.accumulate(PREFIX, one, 0, any -> new double[] {1});
        training.update(0.02, training.gradientNorm(), 1);
      }
      assertThat(before).isLessThan(-8);
      assertThat(new SequenceScores(model, 1).logProbs(PREFIX, one)[0]).isGreaterThan(-1);
    }
  }

  @Test
  void trainingGoesOnBitByBitFromSavedWeightsAndMoments() {
    try (LanguageModel first = model(true);
        ModelTraining training = training(first, 512)) {
      steps(training, 4);
      List<TensorBytes> weights = first.snapshot();
      List<TensorBytes> moments = training.optimizer().state();
      steps(training, 4);
      try (LanguageModel second = first.config().model(weights, first.manager().getDevice());
          ModelTraining resumed = training(second, 512)) {
        resumed.optimizer().restore(4, moments);
        steps(resumed, 4);
        assertThat(second.snapshot())
            .usingRecursiveFieldByFieldElementComparator()
            .isEqualTo(first.snapshot());
      }
    }
  }

  @Test
  void aTokenOutsideTheVocabularyOrTooManyPositionsAreRefused() {
    try (LanguageModel model = model(true);
        ModelTraining training = training(model, 512)) {
      assertThatThrownBy(() -> accumulate(training, List.of(new int[] {VOCABULARY})))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("token 11");
      assertThatThrownBy(() -> accumulate(training, List.of(new int[8])))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("9 positions, the model has 8");
    }
  }

  private static LanguageModel model(boolean tied) {
    return tied ? TinyModels.tied(VOCABULARY, 8, 2) : TinyModels.untied(VOCABULARY, 8, 2);
  }

  private static ModelTraining training(LanguageModel model, int block) {
    return new ModelTraining(model, null, SETTINGS, new OutputLayer(model.output(), 1, block));
  }

  private static void accumulate(ModelTraining training, List<int[]> sequences) {
    training.accumulate(PREFIX, sequences, 0, any -> COEFFICIENTS);
  }

  private static void dropped(ModelTraining training, long seed) {
    Torch.seed(seed);
    training.accumulate(PREFIX, SEQUENCES, 0.3, any -> COEFFICIENTS);
  }

  private static void steps(ModelTraining training, int n) {
    for (int step = 0; step < n; step++) {
      training.zeroGradients();
      accumulate(training, SEQUENCES);
      training.update(0.01, training.gradientNorm(), 0.5);
    }
  }

  private static Map<String, float[]> gradients(
      LanguageModel model, int block, java.util.function.Consumer<ModelTraining> accumulation) {
    try (ModelTraining training = training(model, block)) {
      accumulation.accept(training);
      return gradients(training);
    }
  }

  private static Map<String, float[]> gradients(ModelTraining training) {
    Map<String, float[]> gradients = new LinkedHashMap<>();
    training.parameters().forEach(p -> gradients.put(p.name(), gradient(p)));
    return gradients;
  }

  private static float[] gradient(TrainedParameter parameter) {
    return TensorCopy.toBytes(parameter.name(), parameter.gradient()).values();
  }

  private static double norm(Map<String, float[]> gradients) {
    double squares = 0;
    for (float[] gradient : gradients.values()) {
      for (float g : gradient) {
        squares += (double) g * g;
      }
    }
    return Math.sqrt(squares);
  }

  private static void assertSameGradients(Map<String, float[]> got, Map<String, float[]> expected) {
    assertThat(got.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (name, gradient) ->
            assertThat(got.get(name)).as(name).containsExactly(gradient, within(2e-5f)));
  }

  /** Central difference of the loss along a direction of one tensor. */
  private static double difference(
      LanguageModel model, TrainedParameter parameter, double[] direction) {
    TensorBytes original = TensorCopy.toBytes(parameter.name(), parameter.value());
    float[] values = original.values();
    double epsilon = 5e-3;
    double[] loss = new double[2];
    for (int side = 0; side < 2; side++) {
      double step = side == 0 ? epsilon : -epsilon;
      TensorCopy.set(
          parameter.value(),
          Tensors.of("moved", i -> values[i] + step * direction[i], original.shape()));
      double[] logProbs = new SequenceScores(model, 8).logProbs(PREFIX, SEQUENCES);
      for (int i = 0; i < logProbs.length; i++) {
        loss[side] -= COEFFICIENTS[i] * logProbs[i];
      }
    }
    TensorCopy.set(parameter.value(), original);
    return (loss[0] - loss[1]) / (2 * epsilon);
  }

  private static double[] unit(int size, Random random) {
    double[] direction = random.doubles(size).map(u -> u - 0.5).toArray();
    double norm = Math.sqrt(Arrays.stream(direction).map(d -> d * d).sum());
    return Arrays.stream(direction).map(d -> d / norm).toArray();
  }
}
