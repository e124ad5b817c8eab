package io.tributary.run.cluster;

import io.tributary.data.Draw;
import io.tributary.data.DrawOrder;
import io.tributary.data.Fingerprint;
import io.tributary.data.ScoredSequence;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.run.assembly.FitSetup;
import io.tributary.run.assembly.TrainingParts;
import io.tributary.stage.sample.ProposalSampling;
import io.tributary.stage.score.DrawScoring;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tells which machines compute the same bits: a fixed draw of the base model and its scores, hashed
 * bit by bit. Equal libraries on processors of another kind may differ.
 */
final class NumericsProbe {
  private static final int SEQUENCES = 8;
  private static final int DIGITS = 16;
  private static final long NUMBER = Long.MAX_VALUE;

  private NumericsProbe() {}

  /** The class of this machine's first sampler and scorer: 16 hexadecimal digits. */
  static String of(TrainingParts parts) {
    return of(parts, 0, 0);
  }

  /**
   * The class of a machine with several devices: that of all of them, or all there are.
   *
   * @param samplers devices of the samplers
   * @param scorers devices of the scorers
   */
  static String of(TrainingParts parts, List<String> samplers, List<String> scorers) {
    Stream<String> drawing =
        samplers.stream().distinct().map(device -> of(parts, samplers.indexOf(device), 0));
    Stream<String> scoring = // the first is among those above
        scorers.stream().distinct().skip(1).map(device -> of(parts, 0, scorers.indexOf(device)));
    return Stream.concat(drawing, scoring).distinct().sorted().collect(Collectors.joining("+"));
  }

  private static String of(TrainingParts parts, int sampler, int scorer) {
    MessageDigest digest = Fingerprint.sha256();
    FitSetup setup = parts.fitSetup();
    try (ProposalSampling sampling = parts.sampling(sampler);
        DrawScoring scoring = parts.scoring(scorer)) {
      sampling.takeOver(
          new WeightSnapshot(
              new WeightVersion(0, setup.base().version().fingerprint()), setup.base().tensors()));
      Draw draw =
          sampling.draw(new DrawOrder(NUMBER, 0, DrawOrder.Purpose.FITTING, SEQUENCES), () -> {});
      Map<String, Double> lambdas = new TreeMap<>(parts.target().lambdas());
      lambdas.replaceAll((feature, lambda) -> 0.0);
      for (ScoredSequence scored : scoring.score(draw, lambdas, () -> {}).sequences()) {
        Arrays.stream(scored.sequence().tokens()).forEach(token -> add(digest, token));
        for (double logProposal : scored.sequence().tokenLogProposals()) {
          add(digest, Double.doubleToRawLongBits(logProposal));
        }
        add(digest, Double.doubleToRawLongBits(scored.logBase()));
      }
    }
    return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
  }

  private static void add(MessageDigest digest, long bits) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(bits).flip());
  }
}
