package io.tributary.stage.evaluate;

import io.tributary.data.Seeds;
import io.tributary.data.TensorBytes;
import io.tributary.model.LanguageModel;
import io.tributary.model.SamplingSettings;
import io.tributary.protocol.EvaluatorCommand.Judged;
import java.util.Arrays;
import java.util.List;

/**
 * Draws sequences from a proposal that are not trained on, and finds out what target and policy say
 * of them: what a decision on the proposal rests on (Algorithm 1, lines 6 and 7, Korbak et al.
 * 2022, arXiv:2206.00761). For one thread.
 */
public final class FreshWindow {

  /**
   * How the sequences are drawn.
   *
   * @param sequences how many
   * @param settings how samplers choose tokens, which log q is of
   * @param seed of the run
   */
  public record Plan(int sequences, SamplingSettings settings, long seed) {}

  private final Plan plan;
  private final LanguageModel model;
  private final Sampling sampling;

  /**
   * @param model takes over the weights of the proposal, then of the policy; its owner closes it
   * @param sampling draws from it as plan says
   */
  FreshWindow(Plan plan, LanguageModel model, Sampling sampling) {
    this.plan = plan;
    this.model = model;
    this.sampling = sampling;
  }

  /** How many sequences a judgement draws. */
  int sequences() {
    return plan.sequences();
  }

  /** Judges the policy; {@code step} seeds the generator of the sequences. */
  Judged judge(long step, List<TensorBytes> proposal, List<TensorBytes> policy) {
    model.load(proposal);
    Samples samples =
        sampling.samples(
            model,
            plan.sequences(),
            Seeds.generator(plan.seed(), Seeds.Purpose.JUDGEMENT, step),
            "the window of step " + step);
    model.load(policy);
    double[] logPolicies = sampling.logProbs(model, samples.tokens());
    return new Judged(
        step,
        difference(samples.logTargets(sampling.target()), samples.logProbs()),
        difference(logPolicies, samples.logProbs()));
  }

  Sampling sampling() {
    return sampling;
  }

  private static double[] difference(double[] minuend, double[] subtrahend) {
    double[] difference = new double[minuend.length];
    Arrays.setAll(difference, j -> minuend[j] - subtrahend[j]);
    return difference;
  }
}
