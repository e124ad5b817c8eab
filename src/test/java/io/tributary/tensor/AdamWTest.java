package io.tributary.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.tributary.data.TensorBytes;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TorchExtension.class)
class AdamWTest {
  private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.9, 0.95, 1e-6, 0.1);
  private static final int LARGE = 70_000;

  private NDManager manager;

  @BeforeEach
  void open() {
    manager = Torch.newManager(Device.cpu());
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void theFirstStepIsTheLearningRateAgainstTheGradientsSign() {
    TrainedParameter bias = parameter("bias", i -> 1, 2);
    try (AdamW adam = new AdamW(new AdamW.Settings(0.9, 0.999, 1e-8, 0.1), List.of(bias))) {
      setGradient(bias, i -> i == 0 ? 0.5 : -20);
      adam.update(0.1, 1);
    }
    assertThat(values(bias)[0]).isEqualTo(0.9f, within(1e-6f));
    assertThat(values(bias)[1]).isEqualTo(1.1f, within(1e-6f));
  }

  @Test
  void secondStepByHand() {
    TrainedParameter bias = parameter("bias", i -> 0, 1);
    try (AdamW adam = new AdamW(new AdamW.Settings(0.5, 0.75, 0, 0), List.of(bias))) {
      setGradient(bias, i -> 1);
      adam.update(1, 1); // m = 1/2, v = 1/4; corrected 1 and 1: theta = -1
      setGradient(bias, i -> 3);
      adam.update(1, 1); // m = 7/4 / (3/4) = 7/3, v = (3/16 + 9/4) / (7/16) = 39/7
      assertThat(adam.updates()).isEqualTo(2);
    }
    double expected = -1 - 7 / 3.0 / Math.sqrt(39 / 7.0);
    assertThat((double) values(bias)[0]).isEqualTo(expected, within(1e-6));
  }

  @Test
  void weightDecayActsOnMatricesAloneAndBesideTheMoments() {
    TrainedParameter matrix = parameter("matrix", i -> 2, 1, 2);
    TrainedParameter bias = parameter("bias", i -> 2, 2);
    try (AdamW adam = new AdamW(new AdamW.Settings(0.9, 0.999, 1e-8, 0.5), List.of(matrix, bias))) {
      adam.update(0.1, 1); // gradients of zero
    }
    assertThat(values(matrix)).containsExactly(new float[] {1.9f, 1.9f}, within(1e-6f));
    assertThat(values(bias)).containsExactly(2f, 2f);
  }

  @Test
  void twentyStepsFollowThePublishedRule() {
    List<TrainedParameter> parameters =
        List.of(
            parameter("matrix", i -> Math.sin(i), 3, 5),
            parameter("bias", i -> Math.cos(i), 7),
            parameter("large", i -> Math.sin(0.01 * i), 2, LARGE));
    List<Rule> rules = parameters.stream().map(p -> new Rule(values(p), p.name())).toList();
    try (AdamW adam = new AdamW(SETTINGS, parameters)) {
      for (int step = 1; step <= 20; step++) {
        double scale = step % 3 == 0 ? 0.25 : 1;
        double rate = 0.02 / step;
        for (int k = 0; k < parameters.size(); k++) {
          IntToDoubleFunction gradient = gradient(step, k);
          setGradient(parameters.get(k), gradient);
          rules.get(k).update(step, rate, scale, gradient);
        }
        adam.update(rate, scale);
      }
    }
    for (int k = 0; k < parameters.size(); k++) {
      float[] got = values(parameters.get(k));
      for (int i = 0; i < got.length; i++) {
        assertThat((double) got[i])
            .as("%s[%d]", parameters.get(k).name(), i)
            .isEqualTo(rules.get(k).theta[i], within(2e-6));
      }
    }
  }

  @Test
  void restoredMomentsContinueBitByBit() {
    TrainedParameter first = parameter("matrix", i -> Math.sin(i), 4, 6);
    AdamW adam = new AdamW(SETTINGS, List.of(first));
    steps(adam, first, 1, 7);
    List<TensorBytes> state = new ArrayList<>(adam.state());
    TensorBytes weights = TensorCopy.toBytes("matrix", first.value());
    steps(adam, first, 8, 12);

    TrainedParameter second = TrainedParameter.of("matrix", TensorCopy.create(manager, weights));
    AdamW resumed = new AdamW(SETTINGS, List.of(second));
    resumed.restore(7, state);
    steps(resumed, second, 8, 12);

    assertThat(values(second)).containsExactly(values(first));
    assertThat(resumed.updates()).isEqualTo(adam.updates());
    assertThat(resumed.state())
        .usingRecursiveFieldByFieldElementComparator()
        .isEqualTo(adam.state());
  }

  @Test
  void aStateThatLacksAMomentOrHasAnotherShapeIsRefused() {
    AdamW adam = new AdamW(SETTINGS, List.of(parameter("matrix", i -> 0, 4, 6)));
    assertThatThrownBy(() -> adam.restore(1, adam.state().subList(0, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("matrix.second");
    List<TensorBytes> misshapen =
        List.of(
            Tensors.of("matrix.first", i -> 0, 6, 4), Tensors.of("matrix.second", i -> 0, 4, 6));
    assertThatThrownBy(() -> adam.restore(1, misshapen))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("matrix.first");
  }

  @Test
  void theNormIsThatOfAllGradientsTogether() {
    TrainedParameter matrix = parameter("matrix", i -> 0, 2, 2);
    TrainedParameter bias = parameter("bias", i -> 0, 3);
    setGradient(matrix, i -> 2);
    setGradient(bias, i -> i == 0 ? 3 : 0);
    AdamW adam = new AdamW(SETTINGS, List.of(matrix, bias));
    assertThat(adam.gradientNorm()).isEqualTo(5, within(1e-6));
    setGradient(bias, i -> i == 0 ? Double.POSITIVE_INFINITY : 0);
    assertThat(adam.gradientNorm()).isInfinite();
    setGradient(bias, i -> i == 0 ? Double.NaN : 0);
    assertThat(adam.gradientNorm()).isNaN();
  }

  @Test
  void gradientsAreScaledDownToTheLargestNormAndNeverUp() {
    assertThat(AdamW.clipFactor(5, 2)).isEqualTo(0.4);
    assertThat(AdamW.clipFactor(2, 5)).isEqualTo(1);
    assertThat(AdamW.clipFactor(5, 0)).isEqualTo(1);
  }

  private static void steps(AdamW adam, TrainedParameter parameter, int from, int to) {
    for (int step = from; step <= to; step++) {
      setGradient(parameter, gradient(step, 0));
      adam.update(0.01, 1);
    }
  }

  private static IntToDoubleFunction gradient(int step, int k) {
    return i -> (float) (Math.sin(1.7 * step + 0.3 * i + k) * Math.exp(-0.1 * k));
  }

  private TrainedParameter parameter(String name, IntToDoubleFunction value, long... shape) {
    return TrainedParameter.of(name, TensorCopy.create(manager, Tensors.of(name, value, shape)));
  }

  private static void setGradient(TrainedParameter parameter, IntToDoubleFunction value) {
    long[] shape = parameter.value().getShape().getShape();
    TensorCopy.set(parameter.gradient(), Tensors.of(parameter.name(), value, shape));
  }

  private static float[] values(TrainedParameter parameter) {
    return TensorCopy.toBytes(parameter.name(), parameter.value()).values();
  }

  /** Algorithm 2 of arXiv:1711.05101 with a schedule of the learning rate alone, in float64. */
  private static final class Rule {
    private final double[] theta;
    private final double[] m;
    private final double[] v;
    private final double lambda;

    Rule(float[] theta, String name) {
      this.theta = new double[theta.length];
      for (int i = 0; i < theta.length; i++) {
        this.theta[i] = theta[i];
      }
      this.m = new double[theta.length];
      this.v = new double[theta.length];
      this.lambda = name.equals("bias") ? 0 : SETTINGS.weightDecay();
    }

    void update(int t, double rate, double scale, IntToDoubleFunction gradient) {
      for (int i = 0; i < theta.length; i++) {
        double g = scale * gradient.applyAsDouble(i);
        m[i] = SETTINGS.beta1() * m[i] + (1 - SETTINGS.beta1()) * g;
        v[i] = SETTINGS.beta2() * v[i] + (1 - SETTINGS.beta2()) * g * g;
        double mHat = m[i] / (1 - Math.pow(SETTINGS.beta1(), t));
        double vHat = v[i] / (1 - Math.pow(SETTINGS.beta2(), t));
        theta[i] -= rate * mHat / (Math.sqrt(vHat) + SETTINGS.epsilon()) + rate * lambda * theta[i];
      }
    }
  }
}
