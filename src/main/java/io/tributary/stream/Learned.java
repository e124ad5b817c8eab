package io.tributary.stream;

/**
 * The learner's answer to a batch, given when everything that the batch leads to is decided:
 * publication and replacement of the proposal too.
 *
 * @param proposalVersion version of the proposal in force from now on
 * @param finished whether this was the last step of the run
 */
public record Learned(long proposalVersion, boolean finished) {}
