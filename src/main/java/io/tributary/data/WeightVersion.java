package io.tributary.data;

/**
 * Identity of published weights.
 *
 * @param number never used twice within a run, across restarts and resumes too
 * @param fingerprint hash over all tensors, hexadecimal
 */
public record WeightVersion(long number, String fingerprint) {}
