package io.tributary.model.classifier;

/**
 * The features of one text.
 *
 * @param dense mean hidden states, then counts of words
 * @param present indices of the n-grams that occur, in rising order; each is a feature of value 1
 */
public record FeatureRow(float[] dense, int[] present) {}
