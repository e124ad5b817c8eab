package io.tributary.cluster.soak;

import com.google.gson.JsonObject;
import io.tributary.cluster.soak.Draws.Accepted;
import io.tributary.cluster.soak.Draws.Share;
import io.tributary.cluster.soak.Draws.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What has to hold for the draws of a run, whoever made them.
 *
 * @param starts what each process of the trainer has logged
 * @param versions the rows of {@code versions.jsonl}
 * @param drawSequences sequences in a draw
 * @param batchSequences sequences in a batch
 * @param staleness bound on it, in steps
 * @param lastStep the last one that the run has made
 */
record DrawCheck(
    List<Draws> starts,
    List<JsonObject> versions,
    int drawSequences,
    int batchSequences,
    int staleness,
    long lastStep) {
  DrawCheck {
    starts = List.copyOf(starts);
    versions = List.copyOf(versions);
  }

  List<Finding> findings() {
    return List.of(once(), order(), admissible());
  }

  /** Each draw is accepted once from a sampler and once from a scorer. */
  private Finding once() {
    List<String> violations = new ArrayList<>();
    Map<String, Integer> byNode = new TreeMap<>();
    for (Draws draws : starts) {
      Map<String, Set<Long>> seen = new HashMap<>();
      for (Accepted accepted : draws.accepted()) {
        if (!seen.computeIfAbsent(accepted.kind(), kind -> new HashSet<>()).add(accepted.draw())) {
          violations.add(
              "draw %d was accepted from a %s again, from %s"
                  .formatted(accepted.draw(), accepted.kind(), accepted.worker()));
        }
        byNode.merge(node(accepted.worker()), 1, Integer::sum);
      }
      for (Step step : draws.steps()) {
        for (Share share : step.shares()) {
          for (String kind : List.of("sampler", "scorer")) {
            if (!seen.getOrDefault(kind, Set.of()).contains(share.draw())) {
              violations.add(
                  "step %d has learned draw %d, which no %s has returned"
                      .formatted(step.step(), share.draw(), kind));
            }
          }
        }
      }
    }
    return new Finding(
        "each draw is accepted once from a sampler and once from a scorer",
        "results by node: " + byNode,
        violations);
  }

  /** The place of the node, without the number of the link: {@code node-0}. */
  private static String node(String path) {
    return Arrays.stream(path.split("/", -1))
        .filter(name -> name.startsWith("node-"))
        .map(name -> name.replaceAll("\\..*", ""))
        .findFirst()
        .orElse("trainer");
  }

  /** Steps and draws follow one another without a gap, and each draw is used as a whole, once. */
  private Finding order() {
    List<String> violations = new ArrayList<>();
    long nextStep = 0;
    long nextDraw = 0;
    Map<Long, Long> drawAfter = new HashMap<>(); // by step
    long steps = 0;
    for (Draws draws : starts) {
      boolean first = true;
      for (Step step : draws.steps()) {
        steps++;
        if (first && step.step() < nextStep) { // resumed from an older checkpoint
          nextStep = step.step();
          nextDraw = step.step() == 0 ? 0 : drawAfter.get(step.step() - 1);
        }
        first = false;
        if (step.step() != nextStep) {
          violations.add("step %d came instead of step %d".formatted(step.step(), nextStep));
        }
        for (Share share : step.shares()) {
          if (share.draw() != nextDraw || share.sequences() != drawSequences) {
            violations.add(
                "step %d has %d sequences of draw %d instead of %d of draw %d"
                    .formatted(
                        step.step(), share.sequences(), share.draw(), drawSequences, nextDraw));
          }
          nextDraw = share.draw() + 1;
        }
        int sequences = step.shares().stream().mapToInt(Share::sequences).sum();
        if (step.step() > 0 && sequences != batchSequences) {
          violations.add(
              "step %d has %d sequences instead of %d"
                  .formatted(step.step(), sequences, batchSequences));
        }
        nextStep = step.step() + 1;
        drawAfter.put(step.step(), nextDraw);
      }
    }
    if (nextStep - 1 != lastStep || lastStep == 0) {
      violations.add("the run has made %d steps, the log has %d".formatted(lastStep, nextStep - 1));
    }
    return new Finding(
        "each draw is learned once, as a whole, in order",
        "%d draws in %d batches, up to step %d".formatted(nextDraw, steps, nextStep - 1),
        violations);
  }

  /**
   * No draw is older than the bound on staleness admits, nor from a version that was not the
   * proposal yet, or never.
   */
  private Finding admissible() {
    List<String> violations = new ArrayList<>();
    TreeMap<Long, Long> proposals = proposals();
    TreeSet<Long> known = new TreeSet<>(proposals.values());
    Map<Integer, Integer> ages = new TreeMap<>();
    for (Draws draws : starts) {
      for (Step step : draws.steps()) {
        long newest = at(proposals, Math.max(0, step.step() - 1));
        long oldest = at(proposals, Math.max(0, step.step() - 1 - staleness));
        for (Share share : step.shares()) {
          long version = share.version();
          if (version < oldest || version > newest || !known.contains(version)) {
            violations.add(
                "step %d has draw %d of version %d, admissible were %d to %d"
                    .formatted(step.step(), share.draw(), version, oldest, newest));
          }
          int newer = version > newest ? 0 : known.subSet(version, false, newest, true).size();
          ages.merge(newer, 1, Integer::sum);
        }
      }
    }
    return new Finding(
        String.format(
            Locale.ROOT, "versions are those that a staleness of %d steps admits", staleness),
        "%d versions became the proposal; draws by the number of newer versions: %s"
            .formatted(
                proposals.size(),
                ages.entrySet().stream()
                    .map(age -> age.getKey() + ": " + age.getValue())
                    .collect(Collectors.joining(", "))),
        violations);
  }

  private static long at(TreeMap<Long, Long> proposals, long step) {
    return proposals.floorEntry(step).getValue();
  }

  /** The version that became the proposal after a step. Steps that were lost do not count. */
  private TreeMap<Long, Long> proposals() {
    TreeMap<Long, Long> proposals = new TreeMap<>();
    proposals.put(0L, initial());
    for (JsonObject row : versions) {
      long step = row.get("step").getAsLong();
      proposals.tailMap(step, step > 0).clear();
      if (row.has("fingerprint")) {
        proposals.put(step, row.get("version").getAsLong());
      }
    }
    return proposals;
  }

  /** The base model's. */
  private long initial() {
    return starts.stream()
        .flatMap(draws -> draws.steps().stream())
        .flatMap(step -> step.shares().stream())
        .mapToLong(Share::version)
        .findFirst()
        .orElse(0);
  }
}
