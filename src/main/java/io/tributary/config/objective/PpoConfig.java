package io.tributary.config.objective;

import io.tributary.config.binding.Require;

/**
 * Proximal policy optimisation, with {@code objective.form = ppo}.
 *
 * @param epochs passes over each batch
 * @param minibatches updates of each pass
 * @param gaeLambda lambda of generalised advantage estimation: 0 trusts the value function, 1 the
 *     rewards
 * @param discount discount of a reward per token
 * @param whitenAdvantages whether advantages get mean 0 and variance 1 in each batch
 * @param valueClip most that a value may change in one step, in units of the reward; 0 for no limit
 * @param valueLossWeight weight of the value function's loss in the total
 * @param horizon number of sequences after which a constant relative error of KL(pi||a) has changed
 *     log beta by as much
 */
public record PpoConfig(
    int epochs,
    int minibatches,
    double gaeLambda,
    double discount,
    boolean whitenAdvantages,
    double valueClip,
    double valueLossWeight,
    double horizon) {
  public PpoConfig {
    Require.atLeast(1, "epochs", epochs);
    Require.atLeast(1, "minibatches", minibatches);
    Require.that(gaeLambda >= 0 && gaeLambda <= 1, "gae-lambda", gaeLambda, "between 0 and 1");
    Require.that(discount >= 0 && discount <= 1, "discount", discount, "between 0 and 1");
    Require.notNegative("value-clip", valueClip);
    Require.notNegative("value-loss-weight", valueLossWeight);
    Require.positive("horizon", horizon);
  }
}
