package io.tributary.tools.bench;

/**
 * How fast something went.
 *
 * @param sequencesPerSecond sequences of the model's length, padding not counted
 * @param tokensPerSecond their tokens
 * @param operationsPerToken floating-point operations that a token takes at least
 * @param peak operations per second that the machine reaches in matrix products
 */
record Throughput(
    double sequencesPerSecond, double tokensPerSecond, double operationsPerToken, double peak) {

  double operationsPerSecond() {
    return tokensPerSecond * operationsPerToken;
  }

  double fractionOfPeak() {
    return operationsPerSecond() / peak;
  }
}
