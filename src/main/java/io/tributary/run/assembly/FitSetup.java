package io.tributary.run.assembly;

import io.tributary.config.StreamConfig;
import io.tributary.config.target.FitConfig;
import io.tributary.data.WeightSnapshot;
import io.tributary.target.EnergyBasedModel;

/**
 * What a fit of lambda needs besides samplers and scorers.
 *
 * @param target the one whose lambdas are fitted
 * @param config the wanted accuracy
 * @param stream when a worker counts as lost, and how many sequences may be dropped
 * @param base the base model as the first proposal
 * @param drawSequences sequences of a draw
 * @param vocabulary size of the vocabulary
 * @param cluster whether workers come and go, so that a fit waits for them
 */
public record FitSetup(
    EnergyBasedModel target,
    FitConfig config,
    StreamConfig stream,
    WeightSnapshot base,
    int drawSequences,
    int vocabulary,
    boolean cluster) {}
