package io.tributary.run.assembly;

import io.tributary.config.StreamConfig;
import io.tributary.config.target.FitConfig;
import io.tributary.data.WeightSnapshot;
import io.tributary.target.EnergyBasedModel;

/**
 * What a fit of lambda takes, besides samplers and scorers.
 *
 * @param target whose lambdas are to be fitted
 * @param config the wanted accuracy
 * @param stream when a worker is lost, and how many sequences a feature may fail on
 * @param base the base model as the first proposal
 * @param drawSequences sequences of a draw
 * @param vocabulary number of tokens that there are
 */
public record FitSetup(
    EnergyBasedModel target,
    FitConfig config,
    StreamConfig stream,
    WeightSnapshot base,
    int drawSequences,
    int vocabulary) {}
