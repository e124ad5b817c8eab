package io.tributary.model;

/**
 * Derivatives of a loss with respect to the log-probabilities and values of the T tokens of one
 * sequence.
 *
 * @param byLogProb with respect to log pi(x_t | prefix, x_&lt;t) (T)
 * @param byValue with respect to V_t (T); empty without a value head
 */
public record TokenGradients(double[] byLogProb, double[] byValue) {}
