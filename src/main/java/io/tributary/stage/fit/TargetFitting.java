package io.tributary.stage.fit;

import io.tributary.config.target.FitConfig;
import io.tributary.data.BadInputException;
import io.tributary.data.DrawFeatures;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.fit.FeatureSample;
import io.tributary.target.fit.Fit;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Fits a target's lambdas on draws from the base model, so that a/q = 1, and decides how many draws
 * the wanted accuracy needs. Not thread-safe.
 */
public final class TargetFitting {
  /** Factor on the estimated number of sequences, since it is an estimate. */
  private static final double MARGIN = 1.05;

  /** A small sample may misjudge what is needed: it grows at most by this factor. */
  private static final double MAX_GROWTH = 4;

  /** Draws that are ordered at once. */
  private static final int MAX_DRAWS = 1024;

  private final EnergyBasedModel target;
  private final FitConfig config;
  private final int drawSequences;
  private final double maxDropRate;
  private final FeatureSample sample = new FeatureSample();
  private final Queue<double[]> surplus = new ArrayDeque<>(); // drawn and not in the sample
  private int wanted;
  private volatile @Nullable Fit fit;
  private long drawn;
  private long dropped;

  /**
   * @param drawSequences sequences of a draw
   * @param maxDropRate fraction of sequences that may be dropped since a feature fails on them
   */
  public TargetFitting(
      EnergyBasedModel target, FitConfig config, int drawSequences, double maxDropRate) {
    this.target = target;
    this.config = config;
    this.drawSequences = drawSequences;
    this.maxDropRate = maxDropRate;
    this.wanted = config.sequences();
  }

  /** Adds the next draw, in the order of numbers. */
  public void add(DrawFeatures draw) {
    surplus.addAll(draw.features());
    drawn += draw.features().size() + draw.dropped();
    dropped += draw.dropped();
  }

  /**
   * Number of draws to add before the next call; 0 when the fit is done.
   *
   * <p>Fits as soon as there are enough sequences, and asks for more until standard errors and
   * effective sample size are as configured or the limit is reached. If there is nothing to fit,
   * the first sequences are enough.
   *
   * @throws BadInputException if the desired moments are impossible on this sample, too few
   *     sequences would determine lambda, or features fail on too many sequences
   */
  public int wantedDraws() {
    requireFewDropped();
    fill();
    while (fit == null && sample.size() == wanted) {
      fit();
      fill();
    }
    int missing = wanted - sample.size();
    return fit != null ? 0 : Math.min(MAX_DRAWS, Math.floorDiv(missing - 1, drawSequences) + 1);
  }

  private void fill() {
    while (sample.size() < wanted && !surplus.isEmpty()) {
      sample.add(surplus.remove());
    }
  }

  private void fit() {
    Fit latest = Fit.of(target, sample);
    int needed = needed(latest);
    if (target.distributional().isEmpty() || needed <= sample.size()) {
      fit = latest;
    } else if (sample.size() >= config.maxSequences()) {
      requireEffectiveSample(latest);
      fit = latest;
    } else {
      wanted = Math.min(needed, config.maxSequences());
    }
  }

  /** The fit; empty before it is done. */
  public Optional<Fit> result() {
    return Optional.ofNullable(fit);
  }

  /** Sequences drawn so far, at most {@link #wantedSequences}. */
  public long drawnSequences() {
    return Math.min(drawn, wanted);
  }

  /** Sequences that the fit in progress uses; it may turn out to need more. */
  public long wantedSequences() {
    return wanted;
  }

  /** Sequences that the wanted accuracy takes, estimated from this fit. */
  private int needed(Fit latest) {
    double error = latest.largestError() / config.tolerance();
    double effective = config.minEffectiveSampleSize() / latest.effectiveSampleSize();
    double factor = Math.max(error * error, effective);
    return factor <= 1
        ? latest.sequences()
        : (int)
            Math.min(
                Integer.MAX_VALUE,
                Math.ceil(latest.sequences() * Math.min(MAX_GROWTH, factor * MARGIN)));
  }

  private void requireEffectiveSample(Fit latest) {
    if (latest.effectiveSampleSize() < config.minEffectiveSampleSize()) {
      throw new BadInputException(
          "target.features: the weights that give the desired moments leave %.1f effective sequences of %,d drawn from the base model, fewer than target.fit.min-effective-sample-size = %.1f: a few sequences would decide the lambdas of %s; expected moments closer to those of the base model, or more sequences (target.fit.max-sequences)"
              .formatted(
                  latest.effectiveSampleSize(),
                  latest.sequences(),
                  config.minEffectiveSampleSize(),
                  latest.lambdaErrors().keySet()));
    }
  }

  private void requireFewDropped() {
    if (dropped > maxDropRate * drawn) {
      throw new BadInputException(
          "target.features: a feature failed on %,d of %,d sequences drawn from the base model, see the log for which one; stream.max-drop-rate allows a share of %s"
              .formatted(dropped, drawn, maxDropRate));
    }
  }
}
