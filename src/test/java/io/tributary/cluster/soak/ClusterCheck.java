package io.tributary.cluster.soak;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What has to hold for the processes of a cluster, whatever was done to them.
 *
 * @param journal its rows
 * @param log the lines of the trainer's {@code tributary.log}
 * @param workers how many there are when nothing is wrong
 * @param patience seconds after a round of faults within which all workers are back and steps made
 */
record ClusterCheck(List<JsonObject> journal, List<String> log, int workers, double patience) {
  private static final int LOST_TRAINER = 75;
  private static final int KILLED = 137;

  /** Seconds after a fault in which a worker may end for it. */
  private static final double AFTERMATH = 60;

  private static final double MIB = 1 << 20;

  /**
   * glibc takes memory for an arena 64 MiB at a time, and the trainer has one or two of these more
   * or less: /proc/PID/smaps shows them. A leak goes on.
   */
  private static final double MOST_RESIDENT_GROWTH = 80 * MIB;

  private static final double MOST_HEAP_GROWTH = 16 * MIB;
  private static final Set<String> KILLS =
      Set.of("KILL", "KILL_FOR_LONG", "EMPTY_CACHE", "KILL_TRAINER", "close");
  private static final Pattern ERROR = Pattern.compile("^\\S+ ERROR .*");

  ClusterCheck {
    journal = List.copyOf(journal);
    log = List.copyOf(log);
  }

  List<Finding> findings() {
    return List.of(
        ledger(),
        progress(),
        trainerLives(),
        workersEnd(),
        new Memory("the trainer's resident memory", memory("status", "rss"), MOST_RESIDENT_GROWTH)
            .finding(),
        new Memory("what lives on the trainer's heap", memory("heap", "bytes"), MOST_HEAP_GROWTH)
            .finding(),
        errors());
  }

  private Stream<JsonObject> rows(String event) {
    return journal.stream().filter(row -> row.get("event").getAsString().equals(event));
  }

  private static double seconds(JsonObject row) {
    return row.get("seconds").getAsDouble();
  }

  private Finding ledger() {
    List<String> violations = new ArrayList<>();
    JsonObject last = null;
    int count = 0;
    for (JsonObject row : rows("ledger").toList()) {
      count++;
      last = row;
      long missing =
          row.get("drawn").getAsLong()
              - row.get("learned").getAsLong()
              - row.get("dropped").getAsLong();
      if (missing != row.get("in_stream").getAsLong()) {
        violations.add("%d are neither learned nor dropped: %s".formatted(missing, row));
      }
    }
    if (last == null) {
      violations.add("it was never read");
    }
    return new Finding(
        "every sequence is learned, dropped or in the stream",
        "%d readings, the last one %s".formatted(count, last),
        violations);
  }

  /** After each round all workers are there and a further step is made, within the patience. */
  private Finding progress() {
    List<String> violations = new ArrayList<>();
    double longest = 0;
    double sum = 0;
    int count = 0;
    for (JsonObject healed : rows("healed").toList()) {
      double from = seconds(healed);
      long step = healed.get("step").getAsLong();
      double taken =
          rows("status")
                  .filter(row -> seconds(row) >= from)
                  .filter(row -> row.get("step").getAsLong() > step)
                  .filter(row -> row.get("samplers").getAsInt() == workers)
                  .filter(row -> row.get("scorers").getAsInt() == workers)
                  .mapToDouble(ClusterCheck::seconds)
                  .findFirst()
                  .orElse(Double.POSITIVE_INFINITY)
              - from;
      if (taken > patience) {
        violations.add(
            String.format(Locale.ROOT, "round %s took %.1f s", healed.get("round"), taken));
      } else {
        longest = Math.max(longest, taken);
        sum += taken;
        count++;
      }
    }
    if (count == 0 && violations.isEmpty()) {
      violations.add("no round has ended");
    }
    return new Finding(
        String.format(
            Locale.ROOT, "within %.0f s of healing all workers are back and steps made", patience),
        String.format(
            Locale.ROOT,
            "%d rounds, %.1f s on average, %.1f s at most",
            count,
            sum / Math.max(1, count),
            longest),
        violations);
  }

  private Finding trainerLives() {
    List<String> violations = new ArrayList<>();
    int asked = 0;
    double end = rows("end").mapToDouble(ClusterCheck::seconds).findFirst().orElse(Double.NaN);
    for (JsonObject exit : exits(true)) {
      String deed = exit.get("deed").getAsString();
      boolean atEnd = seconds(exit) >= end && exit.get("code").getAsInt() == 0;
      if (deed.endsWith("_TRAINER")) {
        asked++;
      } else if (!atEnd) {
        violations.add("it has ended by itself: " + exit);
      }
    }
    if (Double.isNaN(end)) {
      violations.add("the soak has not come to its end");
    }
    return new Finding(
        "the trainer does not end", "%d ends that were asked for".formatted(asked), violations);
  }

  private Finding workersEnd() {
    List<String> violations = new ArrayList<>();
    Map<String, Integer> counts = new TreeMap<>();
    double end = rows("end").mapToDouble(ClusterCheck::seconds).findFirst().orElse(Double.NaN);
    for (JsonObject exit : exits(false)) {
      int code = exit.get("code").getAsInt();
      String deed = seconds(exit) >= end ? "close" : exit.get("deed").getAsString();
      counts.merge(code + " after " + deed, 1, Integer::sum);
      boolean explained =
          switch (code) {
            case 0 -> deed.equals("DRAIN");
            case KILLED -> KILLS.contains(deed);
            case LOST_TRAINER -> deed.equals("close") || losesTheTrainer(exit);
            default -> false;
          };
      if (!explained) {
        violations.add("exit code %d: %s".formatted(code, exit));
      }
    }
    return new Finding(
        "a worker ends with 0 when drained, 75 when long out of the trainer's reach, or killed",
        counts.toString(),
        violations);
  }

  /** Whether the trainer has ended, or was out of reach for longer than it waits. */
  private boolean losesTheTrainer(JsonObject exit) {
    String worker = exit.get("name").getAsString().replaceAll("\\D", "");
    return rows("fault")
        .filter(fault -> seconds(fault) <= seconds(exit))
        .filter(fault -> seconds(exit) <= fault.get("until").getAsDouble() + AFTERMATH)
        .anyMatch(
            fault -> {
              FaultKind kind = FaultKind.valueOf(fault.get("kind").getAsString());
              return kind.part() == FaultKind.Part.TRAINER
                  || (kind.separates()
                      && fault.get("workers").getAsString().matches(".*\\b" + worker + "\\b.*"));
            });
  }

  private List<JsonObject> exits(boolean trainer) {
    return rows("exit")
        .filter(row -> row.get("name").getAsString().equals(SoakCluster.TRAINER) == trainer)
        .toList();
  }

  /** Of the last process of the trainer. */
  private List<Memory.Sample> memory(String event, String key) {
    double from =
        rows("start")
            .filter(row -> row.get("name").getAsString().equals(SoakCluster.TRAINER))
            .mapToDouble(ClusterCheck::seconds)
            .max()
            .orElse(0);
    return rows(event)
        .filter(row -> seconds(row) >= from)
        .map(row -> new Memory.Sample(seconds(row), row.get(key).getAsDouble()))
        .toList();
  }

  private Finding errors() {
    List<String> errors = log.stream().filter(line -> ERROR.matcher(line).matches()).toList();
    return new Finding("the trainer's log has no error", "%d lines".formatted(log.size()), errors);
  }
}
