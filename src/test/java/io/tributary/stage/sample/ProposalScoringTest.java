package io.tributary.stage.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.tributary.data.DrawOrder;
import io.tributary.data.Sequence;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.model.DecoderConfig;
import io.tributary.model.SamplingSettings;
import io.tributary.model.guide.TokenGuide;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.TinyModels;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(TorchExtension.class)
class ProposalScoringTest {
  private static final DecoderConfig MODEL = TinyModels.config(1, 1, 8, 4, 6, 5);
  private static final double TEMPERATURE = 1.5;

  private final ProposalScoring scoring =
      new ProposalScoring(MODEL, Device.cpu(), MODEL.beginning(), TEMPERATURE, TokenGuide.NONE);

  @AfterEach
  void close() {
    scoring.close();
  }

  private static WeightSnapshot snapshot(long version) {
    return new WeightSnapshot(
        new WeightVersion(version, "version " + version), TinyModels.weights(MODEL, version, 0.5));
  }

  private static List<Sequence> drawn(WeightSnapshot proposal) {
    SamplingSettings settings = new SamplingSettings(4, true, TEMPERATURE, 0, 1);
    try (ProposalSampling sampling =
        new ProposalSampling(
            MODEL, Device.cpu(), 8, MODEL.beginning(), settings, TokenGuide.NONE, 1)) {
      sampling.takeOver(proposal);
      return sampling
          .draw(new DrawOrder(3, 1, DrawOrder.Purpose.TRAINING, 20), () -> {})
          .sequences();
    }
  }

  private static double[] claimed(List<Sequence> sequences) {
    return sequences.stream().mapToDouble(Sequence::logProposal).toArray();
  }

  @Test
  void itAgreesWithTheSamplerAboutEachVersionInAnyOrder() {
    for (long version : new long[] {1, 1, 2, 1}) {
      List<Sequence> sequences = drawn(snapshot(version));
      assertThat(scoring.logProposals(snapshot(version), sequences))
          .as("version %d", version)
          .containsExactly(claimed(sequences), within(1e-5));
    }
  }

  @Test
  void whatAnotherVersionHasDrawnHasAnotherProbability() {
    List<Sequence> sequences = drawn(snapshot(1));
    scoring.logProposals(snapshot(1), sequences);
    double[] logProposals = scoring.logProposals(snapshot(2), sequences);
    double[] claimed = claimed(sequences);
    for (int i = 0; i < claimed.length; i++) {
      assertThat(Math.abs(logProposals[i] - claimed[i])).isGreaterThan(1e-4);
    }
  }

  private void assertRefused(int[] tokens, String reason) {
    Sequence sequence = new Sequence(3, 5, tokens, new double[tokens.length], 1);
    assertThatThrownBy(() -> scoring.logProposals(snapshot(1), List.of(sequence)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sequence 5 of draw 3 " + reason);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 6, Integer.MAX_VALUE})
  void aTokenThatTheModelDoesNotHaveIsRefused(int token) {
    assertRefused(new int[] {0, token}, "has token " + token);
  }

  @Test
  void aSequenceThatIsLongerThanTheModelCanDrawIsRefused() {
    int longest = MODEL.positions() - MODEL.beginning().length + 1;
    Sequence whole = new Sequence(3, 5, new int[longest], new double[longest], 1);
    assertThat(scoring.logProposals(snapshot(1), List.of(whole))).hasSize(1);
    assertRefused(new int[longest + 1], "is too long");
  }
}
