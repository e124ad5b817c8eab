package io.tributary.config.objective;

import io.tributary.config.binding.Require;

/**
 * Proximal policy optimisation, with {@code objective.form = ppo}.
 *
 * @param epochs passes over each batch
 * @param minibatches updates of each pass
 * @param gaeLambda how far an advantage trusts rewards over the value function
 * @param discount of a reward per token until then
 * @param whitenAdvantages whether advantages get mean 0 and variance 1 in each batch
 * @param valueClip how far a value may go in one step, in the unit of the reward; 0: no limit
 * @param valueLossWeight of the value function's loss in the whole
 * @param horizon sequences after which a constant error of KL(pi||a) has changed log beta by it
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
