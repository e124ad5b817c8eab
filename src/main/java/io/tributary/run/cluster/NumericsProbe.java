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
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells which machines compute the same bits: a fixed draw of the base model and its scores, hashed
 * bit by bit. Equal libraries on processors of another kind may differ.
 */
final class NumericsProbe {
  private static final int SEQUENCES = 8;
  private static final int DIGITS = 16;
  private static final long NUMBER = Long.MAX_VALUE;

  private NumericsProbe() {}

  /** The class of this machine: 16 hexadecimal digits. */
  static String of(TrainingParts parts) {
    MessageDigest digest = Fingerprint.sha256();
    FitSetup setup = parts.fitSetup();
    try (ProposalSampling sampling = parts.sampling(0);
        DrawScoring scoring = parts.scoring(0)) {
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
