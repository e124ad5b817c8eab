package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.tributary.data.TensorBytes;
import io.tributary.tensor.AdamW;
import io.tributary.tensor.TensorCopy;
import io.tributary.tensor.TrainedParameter;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.LiveArrays;
import io.tributary.testing.model.Tensors;
import io.tributary.testing.model.TinyModels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(TorchExtension.class)
class ValueHeadTest {
  private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.9, 0.999, 1e-8, 0.01);
  private static final int VOCABULARY = 11;
  private static final int WIDTH = 8;
  private static final int[] PREFIX = {10, 3};
  private static final List<int[]> SEQUENCES =
      List.of(new int[] {1, 2, 3, 4, 10}, new int[] {0}, new int[] {9, 9, 2}, new int[] {5, 10});

  /** A weight and a return of each token. */
  private static final List<double[]> WEIGHTS = random(1);

  private static final List<double[]> RETURNS = random(2);

  private static List<double[]> random(long seed) {
    Random random = new Random(seed);
    return SEQUENCES.stream().map(s -> random.doubles(s.length, -1, 1).toArray()).toList();
  }

  private static LanguageModel model() {
    return TinyModels.tied(VOCABULARY, 8, 2);
  }

  private static List<TensorBytes> weights(long seed) {
    Random random = new Random(seed);
    return List.of(
        Tensors.of("value_head.weight", i -> random.nextGaussian(), WIDTH, 1),
        Tensors.of("value_head.bias", i -> 0.3, 1));
  }

  private static ValueHead head(long seed) {
    return ValueHead.of(weights(seed), WIDTH, Device.cpu());
  }

  /** sum of weight * log pi + (V - R)^2 / 2 over all tokens. */
  private static double loss(List<TokenScores> scores) {
    double loss = 0;
    for (int i = 0; i < scores.size(); i++) {
      for (int t = 0; t < scores.get(i).values().length; t++) {
        double error = scores.get(i).values()[t] - RETURNS.get(i)[t];
        loss += WEIGHTS.get(i)[t] * scores.get(i).logProbs()[t] + error * error / 2;
      }
    }
    return loss;
  }

  private static List<TokenGradients> lossGradients(List<TokenScores> scores) {
    List<TokenGradients> gradients = new ArrayList<>();
    for (int i = 0; i < scores.size(); i++) {
      double[] returns = RETURNS.get(i);
      double[] errors = scores.get(i).values().clone();
      Arrays.setAll(errors, t -> errors[t] - returns[t]);
      gradients.add(new TokenGradients(WEIGHTS.get(i), errors));
    }
    return gradients;
  }

  private static void accumulate(
      ModelTraining training, Function<List<TokenScores>, List<TokenGradients>> loss) {
    training.accumulateByToken(PREFIX, SEQUENCES, 0, loss);
  }

  private static void steps(ModelTraining training, int n) {
    for (int step = 0; step < n; step++) {
      training.zeroGradients();
      accumulate(training, ValueHeadTest::lossGradients);
      training.update(0.01, training.gradientNorm(), 0.5);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 3})
  void gradientsOfLogProbabilitiesAndValuesAgreeWithFiniteDifferencesInEveryTensor(int block) {
    try (LanguageModel model = model();
        ModelTraining training =
            new ModelTraining(
                model, head(4), SETTINGS, new OutputLayer(model.output(), 1, block))) {
      accumulate(training, ValueHeadTest::lossGradients);
      Random random = new Random(1);
      assertThat(training.parameters())
          .extracting(TrainedParameter::name)
          .contains("value_head.weight", "value_head.bias");
      for (TrainedParameter parameter : training.parameters()) {
        float[] gradient = TensorCopy.toBytes("", parameter.gradient()).values();
        for (int round = 0; round < 3; round++) {
          double[] direction = unit(gradient.length, random);
          double slope = 0;
          for (int i = 0; i < gradient.length; i++) {
            slope += gradient[i] * direction[i];
          }
          assertThat(slope)
              .as(parameter.name())
              .isEqualTo(slope(training, parameter, direction), within(4e-3));
        }
      }
    }
  }

  @Test
  void itExpectsNothingAtFirstAndThenLeavesTheModelsGradientAlone() {
    try (LanguageModel model = model()) {
      double[] alone = gradientWithoutValues(model);
      try (ModelTraining training =
          new ModelTraining(model, ValueHead.initialise(WIDTH, Device.cpu()), SETTINGS)) {
        List<TokenScores> scores =
            training.accumulateByToken(PREFIX, SEQUENCES, 0, ValueHeadTest::lossGradients);
        assertThat(scores)
            .allSatisfy(s -> assertThat(s.values()).hasSameSizeAs(s.logProbs()).containsOnly(0));
        assertThat(Arrays.copyOf(Gradients.of(training), alone.length)).containsExactly(alone);
      }
    }
  }

  private static double[] gradientWithoutValues(LanguageModel model) {
    try (ModelTraining training = new ModelTraining(model, SETTINGS)) {
      accumulate(training, scores -> withoutValues(lossGradients(scores)));
      return Gradients.of(training);
    }
  }

  private static List<TokenGradients> withoutValues(List<TokenGradients> gradients) {
    return gradients.stream().map(g -> new TokenGradients(g.byLogProb(), new double[0])).toList();
  }

  @Test
  void aCoefficientOfASequenceIsMinusTheDerivativeOfEachOfItsTokens() {
    double[] c = {0.3, -0.7, 1.1, 0.05};
    try (LanguageModel model = model();
        ModelTraining training = new ModelTraining(model, SETTINGS)) {
      double[] logProbs = training.accumulate(PREFIX, SEQUENCES, 0, any -> c);
      double[] bySequence = Gradients.of(training);
      training.zeroGradients();
      List<TokenScores> scores = training.accumulateByToken(PREFIX, SEQUENCES, 0, any -> minus(c));
      assertThat(Gradients.of(training)).containsExactly(bySequence);
      assertThat(scores).extracting(TokenScores::logProb).containsExactly(box(logProbs));
    }
  }

  private static List<TokenGradients> minus(double[] c) {
    List<TokenGradients> gradients = new ArrayList<>();
    for (int i = 0; i < c.length; i++) {
      double[] each = new double[SEQUENCES.get(i).length];
      Arrays.fill(each, -c[i]);
      gradients.add(new TokenGradients(each, new double[0]));
    }
    return gradients;
  }

  private static Double[] box(double[] values) {
    return Arrays.stream(values).boxed().toArray(Double[]::new);
  }

  @Test
  void derivativesOfAnotherNumberOfTokensAreRefused() {
    try (LanguageModel model = model();
        ModelTraining training = new ModelTraining(model, SETTINGS)) {
      TokenGradients one = new TokenGradients(new double[] {1}, new double[0]);
      assertThatThrownBy(() -> accumulate(training, any -> List.of(one, one, one, one)))
          .hasMessageContaining("sequences of [5, 1, 3, 2] tokens, got [1, 1, 1, 1]");
    }
  }

  @Test
  void valuesOfAFrozenPassAreThoseOfTraining() {
    try (LanguageModel model = model();
        ModelTraining training = new ModelTraining(model, head(4), SETTINGS)) {
      List<TokenScores> trained =
          training.accumulateByToken(PREFIX, SEQUENCES, 0, ValueHeadTest::lossGradients);
      List<TokenScores> frozen =
          new SequenceScores(model, training.valueHead(), 2).tokens(PREFIX, SEQUENCES, () -> {});
      for (int i = 0; i < SEQUENCES.size(); i++) {
        assertThat(frozen.get(i).values())
            .hasSize(SEQUENCES.get(i).length)
            .containsExactly(trained.get(i).values(), within(1e-5));
        assertThat(frozen.get(i).logProbs())
            .containsExactly(trained.get(i).logProbs(), within(1e-5));
      }
    }
  }

  @Test
  void stepsBringValuesToTheirReturns() {
    try (LanguageModel model = model();
        ModelTraining training =
            new ModelTraining(model, ValueHead.initialise(WIDTH, Device.cpu()), SETTINGS)) {
      double before = squaredError(training);
      for (int step = 0; step < 150; step++) {
        training.zeroGradients();
        accumulate(training, scores -> ofValuesAlone(lossGradients(scores)));
        training.update(0.01, training.gradientNorm(), 0);
      }
      assertThat(squaredError(training)).isLessThan(0.3 * before); // first tokens share one value
    }
  }

  private static List<TokenGradients> ofValuesAlone(List<TokenGradients> gradients) {
    return gradients.stream()
        .map(g -> new TokenGradients(new double[g.byLogProb().length], g.byValue()))
        .toList();
  }

  private static double squaredError(ModelTraining training) {
    double sum = 0;
    List<TokenScores> scores =
        new SequenceScores(training.model(), training.valueHead(), 8)
            .tokens(PREFIX, SEQUENCES, () -> {});
    for (TokenGradients gradients : lossGradients(scores)) {
      sum += Arrays.stream(gradients.byValue()).map(error -> error * error).sum();
    }
    return sum;
  }

  @Test
  void trainingGoesOnBitByBitFromSavedWeightsAndMoments() {
    try (LanguageModel first = model();
        ModelTraining training = new ModelTraining(first, head(4), SETTINGS)) {
      steps(training, 3);
      List<TensorBytes> weights = first.snapshot();
      List<TensorBytes> values = training.valueHead().snapshot();
      List<TensorBytes> moments = training.optimizer().state();
      steps(training, 3);
      assertThat(training.valueHead().snapshot())
          .usingRecursiveFieldByFieldElementComparator()
          .isNotEqualTo(values);
      try (LanguageModel second = first.config().model(weights, Device.cpu());
          ModelTraining resumed =
              new ModelTraining(second, ValueHead.of(values, WIDTH, Device.cpu()), SETTINGS)) {
        resumed.optimizer().restore(3, moments);
        steps(resumed, 3);
        assertThat(second.snapshot())
            .usingRecursiveFieldByFieldElementComparator()
            .isEqualTo(first.snapshot());
        assertThat(resumed.valueHead().snapshot())
            .usingRecursiveFieldByFieldElementComparator()
            .isEqualTo(training.valueHead().snapshot());
      }
    }
  }

  @Test
  void theTensorsOfSomethingElseAreRefused() {
    assertThatThrownBy(() -> ValueHead.of(List.of(), WIDTH, Device.cpu()))
        .hasMessageContaining("value_head.weight and value_head.bias, got []");
    assertThatThrownBy(() -> ValueHead.of(weights(1), WIDTH + 1, Device.cpu()))
        .hasMessageContaining("value_head.weight has shape [8, 1], expected (9, 1)");
  }

  @Test
  void roundsOfTrainingAndClosingLeaveNoArrayBehind() {
    long before = LiveArrays.count();
    try (LanguageModel model = model();
        ModelTraining training = new ModelTraining(model, head(4), SETTINGS)) {
      SequenceScores frozen = new SequenceScores(model, training.valueHead(), 2);
      steps(training, 1);
      long during = LiveArrays.count();
      for (int i = 0; i < 5; i++) {
        steps(training, 1);
        frozen.tokens(PREFIX, SEQUENCES, () -> {});
        training.valueHead().snapshot();
      }
      assertThat(LiveArrays.count()).isEqualTo(during);
    }
    assertThat(LiveArrays.count()).isEqualTo(before);
  }

  /** Central difference of the loss along a direction of one tensor. */
  private static double slope(
      ModelTraining training, TrainedParameter parameter, double[] direction) {
    TensorBytes original = TensorCopy.toBytes(parameter.name(), parameter.value());
    float[] values = original.values();
    double epsilon = 5e-3;
    double[] loss = new double[2];
    for (int side = 0; side < 2; side++) {
      double step = side == 0 ? epsilon : -epsilon;
      TensorCopy.set(
          parameter.value(),
          Tensors.of("moved", i -> values[i] + step * direction[i], original.shape()));
      loss[side] =
          loss(
              new SequenceScores(training.model(), training.valueHead(), 8)
                  .tokens(PREFIX, SEQUENCES, () -> {}));
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
