package io.tributary.tools.pretrain;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * How far the training of a base model is.
 *
 * @param step steps made
 * @param steps steps in all
 * @param loss mean loss of the training text since the last report, in nats per token
 * @param heldOutPerplexity perplexity per token of the held-out text, where it was measured
 * @param learningRate of the last step
 * @param tokensPerSecond tokens learned per second since the last report, padding not counted
 * @param remaining time that the steps left are expected to take
 */
public record PretrainProgress(
    long step,
    long steps,
    double loss,
    OptionalDouble heldOutPerplexity,
    double learningRate,
    double tokensPerSecond,
    Duration remaining) {}
