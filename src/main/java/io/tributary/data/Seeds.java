package io.tributary.data;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Counter-based randomness: every draw, evaluation and micro-batch has a generator of its own,
 * seeded from the run's seed and its numbers, so that what it draws does not depend on what was
 * drawn before, or where.
 */
public final class Seeds {
  /** What a generator is for; two purposes never share numbers. */
  public enum Purpose {
    DRAW,
    DROPOUT,
    MINIBATCHES,
    EVALUATION,
    JUDGEMENT,
    COMPARISON,
    SAMPLE,
    FITTING,
    TEXT_ORDER,
    HELD_OUT,
    FOLD,
    AUDIT
  }

  private static final RandomGeneratorFactory<RandomGenerator> FACTORY =
      RandomGeneratorFactory.of("L64X128MixRandom");

  private Seeds() {}

  /** A generator for {@code purpose} and its numbers. */
  public static RandomGenerator generator(long runSeed, Purpose purpose, long... numbers) {
    return FACTORY.create(seed(runSeed, purpose, numbers));
  }

  /** A seed for {@code purpose} and its numbers: the parts mixed one after the other. */
  public static long seed(long runSeed, Purpose purpose, long... numbers) {
    long state = mix(mix(runSeed) + purpose.name().hashCode());
    for (long number : numbers) {
      state = mix(state + number + 1);
    }
    return state;
  }

  /** The numbers 0 to n - 1 in a random order (Fisher and Yates). */
  public static int[] permutation(int n, RandomGenerator random) {
    int[] result = new int[n];
    for (int i = 0; i < n; i++) {
      int j = random.nextInt(i + 1);
      result[i] = result[j];
      result[j] = i;
    }
    return result;
  }

  /** The finaliser of SplitMix64 (Steele, Lea, Flood 2014) over a step of its golden gamma. */
  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
