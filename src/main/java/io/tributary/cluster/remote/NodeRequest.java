package io.tributary.cluster.remote;

import io.tributary.protocol.ServiceControl.Answer;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What an operator asks of nodes: told to {@link Nodes}, and answered at once. */
public sealed interface NodeRequest {

  /** Completed by {@link Nodes}. */
  CompletableFuture<Answer> answer();

  /**
   * A node shall finish what it is at, and leave.
   *
   * @param node its name, or its address as host and port
   */
  record Drain(String node, CompletableFuture<Answer> answer) implements NodeRequest {}

  /**
   * A node shall end at once.
   *
   * @param node its name, or its address as host and port
   */
  record Dismiss(String node, CompletableFuture<Answer> answer) implements NodeRequest {}

  /**
   * Nodes shall have other numbers of samplers and scorers: all of these, or none.
   *
   * @param counts by name or address
   */
  record Resize(Map<String, Counts> counts, CompletableFuture<Answer> answer)
      implements NodeRequest {
    public Resize {
      counts = Map.copyOf(counts);
    }
  }

  /** A number of things, in words. */
  static String count(long number, String what) {
    return "%d %s%s".formatted(number, what, number == 1 ? "" : "s");
  }

  /** Numbers of samplers and scorers; what is empty stays as it is. */
  record Counts(OptionalInt samplers, OptionalInt scorers) {

    /** In words. */
    String text() {
      return Stream.of(part(samplers, "sampler"), part(scorers, "scorer"))
          .filter(part -> !part.isEmpty())
          .collect(Collectors.joining(" and "));
    }

    private static String part(OptionalInt count, String what) {
      return count.isEmpty() ? "" : NodeRequest.count(count.getAsInt(), what);
    }
  }
}
