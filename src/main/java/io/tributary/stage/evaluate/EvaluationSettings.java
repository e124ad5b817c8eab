package io.tributary.stage.evaluate;

import io.tributary.model.SamplingSettings;

/**
 * How an evaluation draws its samples.
 *
 * @param sequences number of samples
 * @param rows samples that are computed at once
 * @param prefix tokens that every sequence follows
 * @param sampling how tokens are chosen
 * @param seed of the run
 */
public record EvaluationSettings(
    int sequences, int rows, int[] prefix, SamplingSettings sampling, long seed) {}
