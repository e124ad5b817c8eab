package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.data.Seeds;
import io.tributary.model.AncestralSampler.Sampled;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.Enumeration;
import io.tributary.testing.model.TinyModels;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One token of a vocabulary that takes several blocks. */
@ExtendWith(TorchExtension.class)
class TokenChoiceTest {
  private static final int ROWS = 1_000;

  /** A model whose likeliest token has a probability of less than one in a hundred. */
  private static LanguageModel flat;

  private static double[] flatProbabilities;

  @BeforeAll
  static void open() {
    flat = TinyModels.random(TinyModels.config(1, 2, 8, 4, 5000, 0), 5, 0.2);
    flatProbabilities = probabilities(flat);
  }

  @AfterAll
  static void close() {
    flat.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {2047, 2048, 2049, 4096, 5000})
  void theTokenIsWhereTheCumulativeDistributionPassesTheUniform(int vocabulary) {
    try (LanguageModel model = TinyModels.tied(vocabulary, 4, 1)) {
      double[] p = probabilities(model);
      double[] uniforms = random().doubles(ROWS).toArray();

      List<Sampled> drawn = draw(model, SamplingSettings.plain(1, false));

      double[] cumulative = new double[vocabulary + 1];
      for (int i = 0; i < vocabulary; i++) {
        cumulative[i + 1] = cumulative[i] + p[i];
      }
      for (int row = 0; row < ROWS; row++) {
        int token = drawn.get(row).tokens()[0];
        assertThat(uniforms[row]).isBetween(cumulative[token] - 1e-6, cumulative[token + 1] + 1e-6);
        assertThat(drawn.get(row).logProb()).isEqualTo(Math.log(p[token]), within(1e-5));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, 0.5",
    "1, 0, 0.95",
    "1, 0, 0.999999",
    "1, 1500, 1",
    "1, 1500, 0.9",
    "0.7, 3000, 0.99",
    "3, 0, 0.9",
    "1, 3, 0.6",
    "1, 1, 1"
  })
  void truncationKeepsTheRightTokensHoweverManyTheyAre(double temperature, int topK, double topP) {
    SamplingSettings settings = new SamplingSettings(1, false, temperature, topK, topP);
    double[] p = Enumeration.truncate(flatProbabilities, settings);
    for (Sampled sampled : draw(flat, settings)) {
      int token = sampled.tokens()[0];
      assertThat(p[token]).as("token %d", token).isPositive();
      assertThat(sampled.logProb()).isEqualTo(Math.log(p[token]), within(1e-5));
    }
  }

  @Test
  void whatHasNoMassIsNeverChosen() {
    float[] mass = {0, 0.25f, 0, 0.75f, 0};
    assertThat(TokenChoice.invert(mass, 0, 5, 0)).isEqualTo(1);
    assertThat(TokenChoice.invert(mass, 0, 5, 0.2499)).isEqualTo(1);
    assertThat(TokenChoice.invert(mass, 0, 5, 0.25)).isEqualTo(3);
    assertThat(TokenChoice.invert(mass, 0, 5, Math.nextDown(1.0))).isEqualTo(3);
    assertThat(TokenChoice.invert(mass, 0, 5, 1)).isEqualTo(3);
    assertThat(TokenChoice.invert(mass, 1, 2, 0.9)).isZero();
  }

  private static double[] probabilities(LanguageModel model) {
    return Enumeration.next(
        new SequenceScores(model, 5000), model.config().vocabulary(), model.config().beginning());
  }

  private static List<Sampled> draw(LanguageModel model, SamplingSettings settings) {
    return new AncestralSampler(model, settings)
        .draw(model.config().beginning(), ROWS, random(), () -> {});
  }

  private static RandomGenerator random() {
    return Seeds.generator(4, Seeds.Purpose.SAMPLE);
  }
}
