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
import io.tributary.model.AncestralSampler.Sampled;
import io.tributary.model.DecoderConfig;
import io.tributary.model.LanguageModel;
import io.tributary.model.SamplingSettings;
import io.tributary.model.guide.TokenGuide;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A sampler's own frozen copy of the proposal, and the draws from it.
 *
 * <p>A draw depends on the weights with their guide, the seed of the run and its order alone. Not
 * thread-safe.
 */
public final class ProposalSampling implements AutoCloseable {

  private final DecoderConfig model;
  private final Device device;
  private final int rows;
  private final int[] prefix;
  private final SamplingSettings settings;
  private final TokenGuide guide;
  private final long seed;
  private double guideStrength;
  private @Nullable LanguageModel proposal;
  private @Nullable WeightVersion version;

  /**
   * @param model shape of the model
   * @param rows sequences that are drawn at once
   * @param prefix tokens that every sequence follows
   * @param settings how tokens are chosen in training
   * @param guide of proposals that have one
   * @param seed of the run
   */
  public ProposalSampling(
      DecoderConfig model,
      Device device,
      int rows,
      int[] prefix,
      SamplingSettings settings,
      TokenGuide guide,
      long seed) {
    this.model = model;
    this.device = device;
    this.rows = rows;
    this.prefix = prefix;
    this.settings = settings;
    this.guide = guide;
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
    guideStrength = snapshot.guideStrength();
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
      throw new IllegalStateException(
          "draw " + number + " was requested before any weights arrived");
    }
    AncestralSampler sampler = sampler(proposal, order.purpose());
    RandomGenerator random = Seeds.generator(seed, order.purpose().seeds(), number);
    List<Sequence> drawn = new ArrayList<>(order.sequences());
    while (drawn.size() < order.sequences()) {
      int next = Math.min(rows, order.sequences() - drawn.size());
      for (Sampled each : sampler.draw(prefix, next, random, progress)) {
        drawn.add(
            new Sequence(number, drawn.size(), each.tokens(), each.tokenLogProbs(), version()));
      }
    }
    return new Draw(number, order.purpose(), version(), drawn);
  }

  private AncestralSampler sampler(LanguageModel proposal, DrawOrder.Purpose purpose) {
    return switch (purpose) {
      case TRAINING, WINDOW -> new AncestralSampler(proposal, settings, guide, guideStrength);
      case FITTING ->
          new AncestralSampler(
              proposal, SamplingSettings.plain(settings.maxLength(), settings.stopAtEos()));
    };
  }

  @Override
  public void close() {
    if (proposal != null) {
      proposal.close();
    }
  }
}
