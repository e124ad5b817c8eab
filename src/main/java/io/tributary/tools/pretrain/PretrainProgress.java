package io.tributary.tools.pretrain;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * Progress of pretraining.
 *
 * @param step steps done
 * @param steps steps in all
 * @param loss mean loss of the training text since the last report, in nats per token
 * @param heldOutPerplexity perplexity per token of the held-out text, if measured after this step
 * @param learningRate of the last step
 * @param tokensPerSecond tokens learned per second since the last report, padding not counted
 * @param remaining expected time for the steps left
 */
public record PretrainProgress(
    long step,
    long steps,
    double loss,
    OptionalDouble heldOutPerplexity,
    double learningRate,
    double tokensPerSecond,
    Duration remaining) {}
