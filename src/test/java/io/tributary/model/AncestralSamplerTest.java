package io.tributary.model;

import static io.tributary.testing.model.Enumeration.chiSquareExcess;
import static io.tributary.testing.model.Enumeration.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tributary.data.Seeds;
import io.tributary.model.AncestralSampler.Sampled;
import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.Enumeration;
import io.tributary.testing.model.TinyModels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every sequence of a model with five tokens, the last of which is EOS. */
@Slow
@ExtendWith(TorchExtension.class)
class AncestralSamplerTest {
  private static final int DRAWN = 60_000;
  private static final int EOS = 4;

  private final LanguageModel model = TinyModels.tied(5, 8, 11);
  private final int[] beginning = model.config().beginning();

  @AfterEach
  void close() {
    model.close();
  }

  static Stream<SamplingSettings> settings() {
    return Stream.of(
        SamplingSettings.plain(4, true),
        SamplingSettings.plain(4, false),
        new SamplingSettings(4, true, 0.6, 0, 1),
        new SamplingSettings(3, false, 1.7, 0, 1),
        new SamplingSettings(4, true, 1, 2, 1),
        new SamplingSettings(4, true, 1, 0, 0.8),
        new SamplingSettings(4, false, 0.8, 3, 0.7),
        new SamplingSettings(3, true, 1, 50, 1));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void teacherForcedProbabilitiesOfAllSequencesAddUpToOne(boolean stopAtEos) {
    List<int[]> all =
        Enumeration.logProbs(model, beginning, SamplingSettings.plain(4, stopAtEos))
            .keySet()
            .stream()
            .map(tokens -> tokens.stream().mapToInt(Integer::intValue).toArray())
            .toList();
    assertThat(all).hasSize(stopAtEos ? 1 + 4 + 16 + 64 + 256 : 625);
    double[] logProbs = new SequenceScores(model, 100).logProbs(beginning, all);
    assertThat(Arrays.stream(logProbs).map(Math::exp).sum()).isEqualTo(1, within(1e-5));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void frequenciesAndRecordedLogProbabilitiesAreThoseOfTheDistribution(SamplingSettings settings) {
    Map<List<Integer>, Double> expected = Enumeration.logProbs(model, beginning, settings);
    assertThat(expected.values().stream().mapToDouble(Math::exp).sum()).isEqualTo(1, within(1e-9));

    List<Sampled> drawn = draw(settings, 3);

    assertThat(largestDeviation(expected, drawn)).isLessThan(2e-5);
    assertThat(chiSquareExcess(expected, drawn)).isLessThan(4);
  }

  @Test
  void theLogProbabilityOfEachTokenIsRecorded() {
    List<Sampled> drawn = draw(SamplingSettings.plain(4, true), 3).subList(0, 200);
    List<TokenScores> forced =
        new SequenceScores(model, 100)
            .tokens(beginning, drawn.stream().map(Sampled::tokens).toList(), () -> {});
    for (int i = 0; i < drawn.size(); i++) {
      assertThat(drawn.get(i).tokenLogProbs())
          .containsExactly(forced.get(i).logProbs(), within(2e-5));
      assertThat(drawn.get(i).logProb())
          .isEqualTo(Arrays.stream(drawn.get(i).tokenLogProbs()).sum());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sequencesBehindAPromptAreDrawnAsEnumerated(boolean stopAtEos) {
    SamplingSettings settings = SamplingSettings.plain(4, stopAtEos);
    for (int[] prompt : List.of(new int[] {4}, new int[] {1, 2, 3, 0}, new int[] {0, 4})) {
      List<Sampled> drawn =
          new AncestralSampler(model, settings).draw(prompt, DRAWN / 5, random(1), () -> {});

      Map<List<Integer>, Double> expected = Enumeration.logProbs(model, prompt, settings);
      assertThat(largestDeviation(expected, drawn)).isLessThan(2e-5);
      assertThat(chiSquareExcess(expected, drawn)).isLessThan(4);
    }
  }

  @Test
  void whatEndsEarlyIsTheBeginningOfWhatWouldHaveGoneOn() {
    List<Sampled> ending = drawWith(SamplingSettings.plain(6, true));
    List<Sampled> goingOn = drawWith(SamplingSettings.plain(6, false));
    int early = 0;
    for (int i = 0; i < ending.size(); i++) {
      int[] tokens = ending.get(i).tokens();
      assertThat(goingOn.get(i).tokens()).startsWith(tokens);
      if (tokens.length < 6) {
        assertThat(tokens).endsWith(EOS);
        early++;
      }
    }
    assertThat(early).as("rows taken out of the computation").isGreaterThan(300);
  }

  @Test
  void theGeneratorAloneDecidesADraw() {
    AncestralSampler sampler = new AncestralSampler(model, SamplingSettings.plain(6, true));
    List<Sampled> first = sampler.draw(beginning, 50, random(5), () -> {});
    sampler.draw(beginning, 20, random(6), () -> {});
    assertThat(sampler.draw(beginning, 50, random(5), () -> {}))
        .usingRecursiveFieldByFieldElementComparator()
        .isEqualTo(first);
    assertThat(sampler.draw(beginning, 50, random(6), () -> {}))
        .usingRecursiveFieldByFieldElementComparator()
        .isNotEqualTo(first);
  }

  @Test
  void progressIsReportedAfterEveryToken() {
    AtomicInteger reports = new AtomicInteger();
    new AncestralSampler(model, SamplingSettings.plain(6, false))
        .draw(beginning, 3, random(1), reports::incrementAndGet);
    assertThat(reports).hasValue(6);
  }

  @Test
  void aSequenceMayFillAllPositionsButNoMore() {
    AncestralSampler full = new AncestralSampler(model, SamplingSettings.plain(8, false));
    assertThat(full.draw(beginning, 2, random(1), () -> {})).allMatch(s -> s.tokens().length == 8);
    assertThatThrownBy(() -> full.draw(new int[] {1, 2}, 2, random(1), () -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("9 positions, the model has 8");
  }

  @Test
  void aTemperatureNearZeroTakesTheLikeliestToken() {
    Map<List<Integer>, Double> greedy =
        Enumeration.logProbs(model, beginning, new SamplingSettings(4, true, 1, 1, 1));
    assertThat(greedy).hasSize(1);
    List<Sampled> drawn =
        new AncestralSampler(model, new SamplingSettings(4, true, 1e-4, 0, 1))
            .draw(beginning, 100, random(1), () -> {});
    assertThat(drawn)
        .allSatisfy(
            sampled -> {
              assertThat(tokens(sampled)).isEqualTo(greedy.keySet().iterator().next());
              assertThat(sampled.logProb()).isEqualTo(0, within(1e-6));
            });
  }

  /** Of recorded log-probabilities; infinite where a sequence can't be drawn. */
  private static double largestDeviation(Map<List<Integer>, Double> expected, List<Sampled> drawn) {
    return drawn.stream()
        .mapToDouble(
            s -> Math.abs(s.logProb() - expected.getOrDefault(tokens(s), Double.NEGATIVE_INFINITY)))
        .max()
        .orElseThrow();
  }

  private List<Sampled> draw(SamplingSettings settings, long seed) {
    AncestralSampler sampler = new AncestralSampler(model, settings);
    List<Sampled> drawn = new ArrayList<>();
    for (int part = 0; part < 5; part++) {
      drawn.addAll(sampler.draw(beginning, DRAWN / 5, random(seed, part), () -> {}));
    }
    return drawn;
  }

  private List<Sampled> drawWith(SamplingSettings settings) {
    return new AncestralSampler(model, settings)
        .draw(new int[] {2, 0, 1}, 1000, random(9), () -> {});
  }

  private static RandomGenerator random(long seed, long... numbers) {
    return Seeds.generator(seed, Seeds.Purpose.SAMPLE, numbers);
  }
}
