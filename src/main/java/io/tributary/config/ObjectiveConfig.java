package io.tributary.config;

/**
 * What the learner minimises.
 *
 * @param type the coefficient of grad log pi(x)
 * @param normaliseByZ divide the coefficients by Z
 */
public record ObjectiveConfig(ObjectiveType type, boolean normaliseByZ) {}
