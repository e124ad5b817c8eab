package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.tensor.AdamW;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.Enumeration;
import io.tributary.testing.model.TinyModels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(TorchExtension.class)
class DistillationTest {
  private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.9, 0.999, 1e-8, 0);
  private static final int VOCABULARY = 7;
  private static final DecoderConfig CONFIG =
      TinyModels.config(2, 2, 8, 16, VOCABULARY, VOCABULARY - 1);
  private static final int[] PREFIX = {6, 3};
  private static final List<int[]> SEQUENCES =
      List.of(new int[] {1, 2, 3, 4, 6}, new int[] {0}, new int[] {5, 5, 2}, new int[] {4, 6});

  /** None of the second sequence, and all of the last one. */
  private static final List<double[]> COEFFICIENTS =
      List.of(
          new double[] {0, 0, 0.3, 0, 2},
          new double[] {0},
          new double[] {0, 1.5, 0.1},
          new double[] {0.7, 0.2});

  private static LanguageModel model(long seed) {
    return TinyModels.random(CONFIG, seed, 0.5);
  }

  private static ModelTraining training(LanguageModel model, int block) {
    return new ModelTraining(
        model, null, SETTINGS, new OutputLayer(model.output(), block, Math.min(block, 2)));
  }

  private static double[] byLogProb(int[] sequence) {
    double[] c = new double[sequence.length];
    Arrays.setAll(c, t -> 0.1 * (t + 1));
    return c;
  }

  private static double[] distilled(LanguageModel policy, LanguageModel base, int block) {
    try (ModelTraining training = training(policy, block)) {
      training.accumulateByToken(
          PREFIX,
          SEQUENCES,
          0,
          scores ->
              IntStream.range(0, SEQUENCES.size())
                  .mapToObj(
                      i ->
                          new TokenGradients(
                              byLogProb(SEQUENCES.get(i)), new double[0], COEFFICIENTS.get(i)))
                  .toList(),
          new Distillation(base));
      return Gradients.of(training);
    }
  }

  /** With grad KL(a||pi) = - sum_v a(v) grad log pi(v) written out. */
  private static double[] writtenOut(LanguageModel policy, LanguageModel base) {
    SequenceScores scores = new SequenceScores(base, 64);
    try (ModelTraining training = training(policy, 512)) {
      accumulate(training, SEQUENCES, SEQUENCES.stream().map(s -> byLogProb(s)).toList());
      for (int i = 0; i < SEQUENCES.size(); i++) {
        for (int t = 0; t < SEQUENCES.get(i).length; t++) {
          List<int[]> continued = new ArrayList<>();
          List<double[]> gradients = new ArrayList<>();
          int[] context =
              IntStream.concat(Arrays.stream(PREFIX), Arrays.stream(SEQUENCES.get(i)).limit(t))
                  .toArray();
          double[] a = Enumeration.next(scores, VOCABULARY, context);
          for (int v = 0; v < VOCABULARY; v++) {
            int[] sequence = Arrays.copyOf(SEQUENCES.get(i), t + 1);
            sequence[t] = v;
            continued.add(sequence);
            double[] gradient = new double[t + 1];
            gradient[t] = -COEFFICIENTS.get(i)[t] * a[v];
            gradients.add(gradient);
          }
          accumulate(training, continued, gradients);
        }
      }
      return Gradients.of(training);
    }
  }

  private static void accumulate(
      ModelTraining training, List<int[]> sequences, List<double[]> gradients) {
    training.accumulateByToken(
        PREFIX, sequences, 0, scores -> gradients.stream().map(TokenGradients::new).toList());
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 6, 1})
  void isTheGradientOfTheDivergenceOfEachToken(int block) {
    try (LanguageModel policy = model(1);
        LanguageModel base = model(2)) {
      double[] expected = writtenOut(policy, base);
      double[] found = distilled(policy, base, block);
      double norm = Math.sqrt(Arrays.stream(expected).map(g -> g * g).sum());
      for (int i = 0; i < expected.length; i++) {
        assertThat(found[i]).isCloseTo(expected[i], within(1e-5 * norm));
      }
    }
  }

  @Test
  void isNothingWhereThePolicyIsTheBaseModel() {
    try (LanguageModel policy = model(1);
        LanguageModel base = model(1);
        ModelTraining training = training(policy, 512)) {
      training.accumulateByToken(
          PREFIX,
          SEQUENCES,
          0,
          scores ->
              IntStream.range(0, SEQUENCES.size())
                  .mapToObj(
                      i ->
                          new TokenGradients(
                              new double[SEQUENCES.get(i).length],
                              new double[0],
                              COEFFICIENTS.get(i)))
                  .toList(),
          new Distillation(base));
      assertThat(training.gradientNorm()).isLessThan(1e-6);
    }
  }
}
