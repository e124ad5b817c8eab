package io.tributary.stream.pool;

import java.util.Comparator;
import java.util.concurrent.CompletableFuture;

/** A piece of work in a pool, from its submission to its result. */
final class Job<W, R> {
  /** The order in which work is handed out. */
  static final Comparator<Job<?, ?>> BY_NUMBER =
      Comparator.<Job<?, ?>>comparingLong(job -> job.number).thenComparingLong(job -> job.arrival);

  final long number;
  final W work;
  final CompletableFuture<R> result;
  private final long arrival;
  private int lostWorkers;

  /**
   * @param arrival sequence number of the submission: breaks ties between equal numbers
   */
  Job(long number, long arrival, W work, CompletableFuture<R> result) {
    this.number = number;
    this.arrival = arrival;
    this.work = work;
    this.result = result;
  }

  /** Counts a worker lost on this work, and returns how many there were. */
  int loseWorker() {
    return ++lostWorkers;
  }
}
