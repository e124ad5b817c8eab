package io.tributary.stage.sample;

import ai.djl.Device;
import io.tributary.data.Sequence;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.model.DecoderConfig;
import io.tributary.model.LanguageModel;
import io.tributary.model.SequenceScores;
import io.tributary.model.guide.TokenGuide;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Computes log q(x) of sequences a second time, in another way than they were drawn: all tokens of
 * a sequence at once, with a copy of the proposal of its own. Not thread-safe.
 */
public final class ProposalScoring implements AutoCloseable {
  private static final int ROWS = 8;

  private final DecoderConfig config;
  private final Device device;
  private final int[] prefix;
  private final double temperature;
  private final TokenGuide guide;
  private @Nullable LanguageModel proposal;
  private @Nullable WeightVersion version;

  /**
   * @param prefix tokens that every sequence follows
   * @param temperature of the samplers
   * @param guide of proposals that have one
   */
  public ProposalScoring(
      DecoderConfig config, Device device, int[] prefix, double temperature, TokenGuide guide) {
    this.config = config;
    this.device = device;
    this.prefix = prefix;
    this.temperature = temperature;
    this.guide = guide;
  }

  /**
   * log q(x) of each sequence in nats, for draws to train on.
   *
   * @throws IllegalArgumentException if one can't have been drawn from this model
   */
  public double[] logProposals(WeightSnapshot weights, List<Sequence> sequences) {
    for (Sequence sequence : sequences) {
      requirePossible(sequence);
    }
    LanguageModel model = proposal;
    if (model == null) {
      model = config.model(weights.tensors(), device);
      proposal = model;
    } else if (!weights.version().equals(version)) {
      version = null; // a load that fails may leave parts of both
      model.load(weights.tensors());
    }
    version = weights.version();
    return new SequenceScores(model, ROWS, temperature)
        .guided(prefix, sequences.stream().map(Sequence::tokens).toList(), guide, () -> {}).stream()
            .mapToDouble(scores -> scores.logProb(weights.guideStrength()))
            .toArray();
  }

  private void requirePossible(Sequence sequence) {
    if (prefix.length + sequence.tokens().length - 1 > config.positions()) {
      throw new IllegalArgumentException(
          "sequence %d of draw %d is too long".formatted(sequence.index(), sequence.draw()));
    }
    for (int token : sequence.tokens()) {
      if (token < 0 || token >= config.vocabulary()) {
        throw new IllegalArgumentException(
            "sequence %d of draw %d has token %d"
                .formatted(sequence.index(), sequence.draw(), token));
      }
    }
  }

  @Override
  public void close() {
    if (proposal != null) {
      proposal.close();
    }
  }
}
