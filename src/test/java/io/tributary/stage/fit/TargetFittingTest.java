package io.tributary.stage.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tributary.config.target.FitConfig;
import io.tributary.data.BadInputException;
import io.tributary.data.DrawFeatures;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.Factor;
import io.tributary.target.feature.Feature;
import io.tributary.target.feature.Text;
import io.tributary.target.fit.Fit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetFittingTest {
  private static final int DRAW = 10;

  private static final Feature FEATURE =
      new Feature() {
        @Override
        public String name() {
          return "rare";
        }

        @Override
        public double value(Text text) {
          throw new UnsupportedOperationException();
        }
      };

  /** Values of the feature that are 1 at a rate, or as many as tokens of a sequence. */
  private static final class Made {
    final List<Long> asked = new ArrayList<>();
    private final Random random = new Random(5);
    private final double rate;

    Made(double rate) {
      this.rate = rate;
    }

    DrawFeatures draw(long number) {
      return new DrawFeatures(
          number,
          IntStream.range(0, DRAW)
              .mapToDouble(
                  i -> rate < 1 ? (random.nextDouble() < rate ? 1 : 0) : random.nextInt(30))
              .mapToObj(value -> new double[] {value})
              .toList(),
          0);
    }
  }

  private static Fit run(Factor factor, Made samples, FitConfig config) {
    TargetFitting fitting =
        new TargetFitting(new EnergyBasedModel(List.of(factor)), config, DRAW, 0);
    long number = 0;
    for (int draws = fitting.wantedDraws(); draws > 0; draws = fitting.wantedDraws()) {
      if (!samples.asked.contains(fitting.wantedSequences())) {
        samples.asked.add(fitting.wantedSequences());
      }
      for (int i = 0; i < draws; i++) {
        assertThat(fitting.result()).isEmpty();
        fitting.add(samples.draw(number++));
      }
    }
    return fitting.result().orElseThrow();
  }

  private static Factor tilted(double moment) {
    return new Factor.Tilted(FEATURE, moment, Double.NaN);
  }

  @Test
  void theFirstSequencesAreEnoughWhereTheyTellEnough() {
    Made samples = new Made(0.3);
    Fit fit = run(tilted(0.5), samples, new FitConfig(10_000, 200_000, 0.01, 100));
    assertThat(samples.asked).containsExactly(10_000L);
    assertThat(fit.sequences()).isEqualTo(10_000);
    assertThat(fit.largestError()).isBetween(0.003, 0.01);
  }

  @Test
  void asManyMoreAreDrawnAsTheStandardErrorNeeds() {
    Made samples = new Made(0.01);
    Fit fit = run(tilted(0.5), samples, new FitConfig(5_000, 500_000, 0.01, 100));
    assertThat(fit.largestError()).isLessThanOrEqualTo(0.01);
    // the error is moment (1 - moment) / sqrt(N rate (1 - rate))
    assertThat((double) fit.sequences()).isCloseTo(625 / (0.01 * 0.99), within(12_000.0));
    assertThat(samples.asked).hasSizeLessThanOrEqualTo(5);
    assertThat(samples.asked.get(0)).isEqualTo(5_000L);
  }

  @Test
  void asManyMoreAreDrawnAsTheEffectiveSampleSizeNeeds() {
    Made samples = new Made(0.01);
    Fit fit = run(tilted(0.5), samples, new FitConfig(5_000, 500_000, 0.4, 1_000));
    assertThat(fit.effectiveSampleSize()).isBetween(1_000.0, 1_400.0);
  }

  @Test
  void theLimitIsKeptAndAnErrorAboveTheToleranceIsAllowed() {
    Made samples = new Made(0.01);
    Fit fit = run(tilted(0.5), samples, new FitConfig(5_000, 9_999, 0.01, 100));
    assertThat(samples.asked).containsExactly(5_000L, 9_999L);
    assertThat(fit.largestError()).isGreaterThan(0.01);
    assertThat(FitJson.text(fit, 0.01)).contains("\"within_tolerance\": false");
  }

  @Test
  void tooFewEffectiveSequencesAtTheLimitAreRefused() {
    Made samples = new Made(0.003);
    assertThatThrownBy(() -> run(tilted(0.9), samples, new FitConfig(3_000, 6_000, 0.01, 100)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContainingAll(
            "effective sequences of 6,000",
            "target.fit.min-effective-sample-size = 100",
            "[rare]",
            "target.fit.max-sequences");
  }

  @Test
  void theErrorOfARealFeatureCountsInItsStandardDeviations() {
    Made samples = new Made(2);
    Fit fit = run(tilted(18), samples, new FitConfig(500, 500_000, 0.01, 100));
    assertThat(fit.sequences()).isBetween(10_000, 20_000);
    assertThat(fit.momentErrors().get("rare")).isBetween(0.04, 0.1);
  }

  @Test
  void withoutAnythingToFitTheFirstSequencesAreEnough() {
    Made samples = new Made(0.001);
    Fit fit = run(new Factor.Required(FEATURE), samples, new FitConfig(5_000, 500_000, 0.01, 100));
    assertThat(samples.asked).containsExactly(5_000L);
    assertThat(FitJson.text(fit, 0.01))
        .contains("\"lambda\": {}", "\"note\": \"nothing to fit: every feature is a hard");
  }

  @Test
  void aFitIsWrittenByteForByte() {
    Fit fit =
        new Fit(
            new EnergyBasedModel(List.of(tilted(0.5))).withLambdas(Map.of("rare", 1e-5)),
            1000,
            Map.of("rare", Double.NaN),
            Map.of("rare", 0.25),
            Map.of("rare", 1.0),
            0.02,
            12.5,
            0,
            Double.POSITIVE_INFINITY);
    assertThat(FitJson.text(fit, 0.01))
        .isEqualTo(
            """
            {
              "lambda": {
                "rare": 1.0E-5
              },
              "lambda_stderr": {
                "rare": null
              },
              "achieved_moment": {
                "rare": 0.25
              },
              "desired_moment": {
                "rare": 0.5
              },
              "moment_stderr": {
                "rare": 1.0
              },
              "within_tolerance": false,
              "effective_sample_size": 12.5,
              "Z": 1.0,
              "Z_stderr": null,
              "log_Z": 0.0,
              "sequences": 1000
            }
            """);
    Fit none =
        new Fit(
            new EnergyBasedModel(List.of(new Factor.Required(FEATURE))),
            5,
            Map.of(),
            Map.of(),
            Map.of(),
            0,
            5,
            -1,
            0.5);
    assertThat(FitJson.text(none, 0.01))
        .isEqualTo(
            """
            {
              "lambda": {},
              "lambda_stderr": {},
              "achieved_moment": {},
              "desired_moment": {
                "rare": 1.0
              },
              "moment_stderr": {},
              "within_tolerance": true,
              "effective_sample_size": 5.0,
              "Z": 0.36787944117144233,
              "Z_stderr": 0.18393972058572117,
              "log_Z": -1.0,
              "sequences": 5,
              "note": "nothing to fit: every feature is a hard constraint"
            }
            """);
  }

  @Test
  void lambdasAreReadFromWhatWasWritten(@TempDir Path directory) throws Exception {
    EnergyBasedModel target = new EnergyBasedModel(List.of(tilted(0.5)));
    Fit fit = run(tilted(0.5), new Made(0.3), new FitConfig(500, 500, 0.01, 1));
    Path file = Files.writeString(directory.resolve("fit.json"), FitJson.text(fit, 0.01));
    assertThat(FitJson.read(file, target).lambdas()).isEqualTo(fit.target().lambdas());

    for (String text :
        List.of("", "{", "{}", "[]", "{\"lambda\": 1}", "{\"lambda\": {\"rare\": \"x\"}}")) {
      Files.writeString(file, text);
      assertThatThrownBy(() -> FitJson.read(file, target))
          .as(text)
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("is not what the verb fit prints");
    }
    Files.writeString(file, "{\"lambda\": {\"other\": 1}}");
    assertThatThrownBy(() -> FitJson.read(file, target))
        .hasMessageContaining("has lambdas of [other], the target of the configuration");
    assertThatThrownBy(() -> FitJson.read(directory.resolve("none"), target))
        .hasMessageContaining("none: no such file");
  }
}
