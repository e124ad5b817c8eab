package io.tributary.protocol;

import java.time.Duration;

/**
 * The settings of the learner that can be changed during a run.
 *
 * @param learningRate the highest of the schedule
 * @param publishInterval steps between two publications
 * @param evaluationInterval steps between two evaluations
 * @param checkpointInterval steps between two checkpoints; 0 for no checkpoint at all
 * @param checkpointTime time after a checkpoint at which the next one is due in any case
 * @param gradientVarianceInterval steps between two measurements of the gradient's variance; 0 for
 *     none
 * @param samplesPerInterval sequences written for people to read, per interval of the evaluation
 */
public record LearnerSettings(
    double learningRate,
    int publishInterval,
    int evaluationInterval,
    int checkpointInterval,
    Duration checkpointTime,
    int gradientVarianceInterval,
    int samplesPerInterval) {}
