package io.tributary.tools.bench;

/**
 * How fast a stage is.
 *
 * @param sequencesPerSecond sequences of the model's length, padding not counted
 * @param tokensPerSecond their tokens
 * @param operationsPerSecond floating-point operations that the tokens take at least
 * @param fractionOfPeak the same as a share of what the machine reaches in matrix products
 */
record Throughput(
    double sequencesPerSecond,
    double tokensPerSecond,
    double operationsPerSecond,
    double fractionOfPeak) {

  /**
   * The throughput of a stage.
   *
   * @param operationsPerToken floating-point operations that a token takes at least
   * @param peak operations per second that the machine reaches in matrix products
   */
  static Throughput of(
      double sequencesPerSecond, double tokensPerSecond, double operationsPerToken, double peak) {
    double operations = tokensPerSecond * operationsPerToken;
    return new Throughput(sequencesPerSecond, tokensPerSecond, operations, operations / peak);
  }
}
