package io.tributary.model;

import static io.tributary.testing.model.Enumeration.chiSquareExcess;
import static io.tributary.testing.model.Enumeration.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tributary.data.GuidedScores;
import io.tributary.data.Seeds;
import io.tributary.model.AncestralSampler.Sampled;
import io.tributary.model.guide.MilestoneScores;
import io.tributary.model.guide.TokenGuide;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.Enumeration;
import io.tributary.testing.model.TinyModels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every sequence of a model with five tokens, the last of which is EOS. */
@ExtendWith(TorchExtension.class)
class GuidedSamplingTest {
  private static final int DRAWN = 30_000;

  /** Token 0 or the tokens 1 2 are needed, and token 3; 3 goes on with what is before it. */
  private static final TokenGuide GUIDE =
      new TokenGuide(
          List.of(List.of(new int[] {0}, new int[] {1, 2}), List.of(new int[] {3})),
          token -> token == 3,
          token -> false);

  private final LanguageModel model = TinyModels.tied(5, 8, 11);
  private final int[] beginning = model.config().beginning();

  @AfterEach
  void close() {
    model.close();
  }

  private List<int[]> all(SamplingSettings settings) {
    return Enumeration.logProbs(model, beginning, settings).keySet().stream()
        .map(tokens -> tokens.stream().mapToInt(Integer::intValue).toArray())
        .toList();
  }

  /** By the definition: logits of the raised tokens plus the strength, and a softmax over all. */
  private double byDefinition(int[] tokens, double temperature, double strength) {
    SequenceScores scores = new SequenceScores(model, 100, temperature);
    double log = 0;
    for (int t = 0; t < tokens.length; t++) {
      int[] context = new int[beginning.length + t];
      System.arraycopy(beginning, 0, context, 0, beginning.length);
      System.arraycopy(tokens, 0, context, beginning.length, t);
      double[] next = Enumeration.next(scores, 5, context);
      for (int raised : GUIDE.raisedBefore(tokens)[t]) {
        next[raised] *= Math.exp(strength);
      }
      log += Math.log(next[tokens[t]] / Arrays.stream(next).sum());
    }
    return log;
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "1, 2.5", "0.7, 1"})
  void probabilitiesAreThoseOfTheDefinitionAndAddUpToOne(double temperature, double strength) {
    List<int[]> all = all(SamplingSettings.plain(4, true));
    List<GuidedScores> scores =
        new SequenceScores(model, 100, temperature).guided(beginning, all, GUIDE, () -> {});
    double sum = 0;
    for (int i = 0; i < all.size(); i++) {
      double log = scores.get(i).logProb(strength);
      sum += Math.exp(log);
      if (i % 7 == 0) {
        assertThat(log)
            .as(Arrays.toString(all.get(i)))
            .isEqualTo(byDefinition(all.get(i), temperature, strength), within(1e-5));
      }
    }
    assertThat(sum).isEqualTo(1, within(1e-5));
  }

  @ParameterizedTest
  @CsvSource({"1, 1.5", "1, 8", "0.8, 3"})
  void drawsFollowTheGuidedDistributionAndRecordIt(double temperature, double strength) {
    SamplingSettings settings = new SamplingSettings(4, true, temperature, 0, 1);
    List<int[]> all = all(settings);
    List<GuidedScores> scores =
        new SequenceScores(model, 100, temperature).guided(beginning, all, GUIDE, () -> {});
    Map<List<Integer>, Double> expected = new LinkedHashMap<>();
    for (int i = 0; i < all.size(); i++) {
      expected.put(Arrays.stream(all.get(i)).boxed().toList(), scores.get(i).logProb(strength));
    }
    List<Sampled> drawn = new ArrayList<>();
    AncestralSampler sampler = new AncestralSampler(model, settings, GUIDE, strength);
    for (int part = 0; part < 5; part++) {
      drawn.addAll(
          sampler.draw(
              beginning, DRAWN / 5, Seeds.generator(4, Seeds.Purpose.SAMPLE, part), () -> {}));
    }

    for (Sampled each : drawn) {
      assertThat(each.logProb()).isEqualTo(expected.get(tokens(each)), within(3e-5));
    }
    assertThat(chiSquareExcess(expected, drawn)).isLessThan(4);
  }

  @Test
  void withoutStrengthADrawIsTheModelsOwn() {
    SamplingSettings settings = SamplingSettings.plain(4, true);
    for (TokenGuide guide : List.of(GUIDE, TokenGuide.NONE)) {
      List<Sampled> drawn =
          new AncestralSampler(model, settings, guide, guide == GUIDE ? 0 : 3)
              .draw(beginning, 50, Seeds.generator(4, Seeds.Purpose.SAMPLE), () -> {});
      assertThat(drawn)
          .usingRecursiveFieldByFieldElementComparator()
          .isEqualTo(
              new AncestralSampler(model, settings)
                  .draw(beginning, 50, Seeds.generator(4, Seeds.Purpose.SAMPLE), () -> {}));
    }
  }

  @Test
  void truncatedSamplingHasNoGuide() {
    assertThatThrownBy(
            () -> new AncestralSampler(model, new SamplingSettings(4, true, 1, 2, 1), GUIDE, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void milestonesHaveTheModelsProbabilities() {
    int[] tokens = {4, 1, 2, 0};
    List<MilestoneScores> scores =
        new SequenceScores(model, 100)
            .milestones(beginning, List.of(tokens, new int[] {3}), GUIDE, () -> {});
    SequenceScores single = new SequenceScores(model, 100);
    double[] first = Enumeration.next(single, 5, beginning);
    int[] context = Arrays.copyOf(beginning, beginning.length + 1);
    context[beginning.length] = 4;
    double[] second = Enumeration.next(single, 5, context);
    assertThat(scores.get(0).milestones())
        .startsWith(new double[] {first[0], first[3], second[0], second[3]}, within(1e-6));
    assertThat(scores.get(1).milestones())
        .containsExactly(new double[] {first[0], first[3]}, within(1e-6));
    assertThat(scores.get(0).logProb())
        .isEqualTo(single.logProbs(beginning, List.of(tokens))[0], within(1e-6));
  }
}
