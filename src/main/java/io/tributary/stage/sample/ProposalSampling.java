package io.tributary.stage.sample;

import ai.djl.Device;
import io.tributary.data.Draw;
import io.tributary.data.DrawOrder;
import io.tributary.data.Fingerprint;
import io.tributary.data.Seeds;
import io.tributary.data.Sequence;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.model.AncestralSampler;
import io.tributary.model.DecoderConfig;
import io.tributary.model.LanguageModel;
import io.tributary.model.SamplingSettings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sampler's own frozen copy of the proposal, and the draws from it.
 *
 * <p>A draw depends on the weights, the seed of the run and its order alone. For one thread.
 */
public final class ProposalSampling implements AutoCloseable {

  private final DecoderConfig model;
  private final Device device;
  private final int sequences;
  private final int[] prefix;
  private final SamplingSettings settings;
  private final long seed;
  private @Nullable LanguageModel proposal;
  private @Nullable WeightVersion version;

  /**
   * @param model shape of the model
   * @param sequences sequences of a draw
   * @param prefix tokens that every sequence follows
   * @param settings how tokens are chosen in training
   * @param seed of the run
   */
  public ProposalSampling(
      DecoderConfig model,
      Device device,
      int sequences,
      int[] prefix,
      SamplingSettings settings,
      long seed) {
    this.model = model;
    this.device = device;
    this.sequences = sequences;
    this.prefix = prefix;
    this.settings = settings;
    this.seed = seed;
  }

  /** Number of the proposal's version; -1 before the first {@link #takeOver}. */
  public long version() {
    return version == null ? -1 : version.number();
  }

  /**
   * Copies the weights into the frozen copy.
   *
   * @return the version, with the fingerprint of what the copy now really holds
   */
  public WeightVersion takeOver(WeightSnapshot snapshot) {
    if (proposal == null) {
      proposal = model.model(snapshot.tensors(), device);
    } else {
      proposal.load(snapshot.tensors());
    }
    version = new WeightVersion(snapshot.version().number(), Fingerprint.of(proposal.snapshot()));
    return version;
  }

  /**
   * Makes a draw.
   *
   * @param progress called after every token
   * @throws IllegalStateException before the first {@link #takeOver}
   */
  public Draw draw(DrawOrder order, Runnable progress) {
    long number = order.number();
    if (proposal == null) {
      throw new IllegalStateException("draw " + number + " was ordered before any weights arrived");
    }
    List<AncestralSampler.Sampled> sampled =
        new AncestralSampler(proposal, settings(order.purpose()))
            .draw(
                prefix,
                sequences,
                Seeds.generator(seed, order.purpose().seeds(), number),
                progress);
    List<Sequence> drawn = new ArrayList<>(sampled.size());
    for (int i = 0; i < sampled.size(); i++) {
      drawn.add(
          new Sequence(
              number, i, sampled.get(i).tokens(), sampled.get(i).tokenLogProbs(), version()));
    }
    return new Draw(number, version(), drawn);
  }

  private SamplingSettings settings(DrawOrder.Purpose purpose) {
    return switch (purpose) {
      case TRAINING -> settings;
      case FITTING -> SamplingSettings.plain(settings.maxLength(), settings.stopAtEos());
    };
  }

  @Override
  public void close() {
    if (proposal != null) {
      proposal.close();
    }
  }
}
