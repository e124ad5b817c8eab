package io.tributary.testing;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

/** Waits for what other threads and processes bring about, instead of sleeping. */
public final class Waiting {
  /** Longer than anything takes on a busy machine. */
  public static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Duration INTERVAL = Duration.ofMillis(20);

  private Waiting() {}

  /**
   * Returns once the condition holds.
   *
   * @param what the condition in words, for the failure after {@link #PATIENCE}
   */
  public static void until(String what, Callable<Boolean> condition) {
    await(what).atMost(PATIENCE).pollInterval(INTERVAL).until(condition);
  }

  /** As {@link #until(String, Callable)}; fails at once when what it waits for has ended. */
  public static void until(String what, BooleanSupplier alive, Callable<Boolean> condition) {
    until(what, INTERVAL, alive, condition);
  }

  /** As {@link #until(String, BooleanSupplier, Callable)}, for a condition that costs a lot. */
  public static void until(
      String what, Duration interval, BooleanSupplier alive, Callable<Boolean> condition) {
    await(what)
        .atMost(PATIENCE)
        .pollInterval(interval)
        .failFast("it has ended", () -> !alive.getAsBoolean())
        .until(condition);
  }
}
