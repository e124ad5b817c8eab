package io.tributary.cluster.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What became of the draws of one process of the trainer, in the order in which it was logged.
 *
 * @param accepted results that a pool has accepted
 * @param steps what was learned from, the bootstrap as step 0
 */
record Draws(List<Accepted> accepted, List<Step> steps) {
  private static final Pattern ACCEPTED =
      Pattern.compile(" draw (\\d+) is accepted from (\\w+) (\\S+)");
  private static final Pattern STEP =
      Pattern.compile(" (?:step (\\d+) has learned|Z is estimated from) \\{(.*)}");
  private static final Pattern SHARE = Pattern.compile("draw (\\d+) of version (\\d+)=(\\d+)");

  /** A result of a sampler or scorer. */
  record Accepted(long draw, String kind, String worker) {}

  /** A batch. */
  record Step(long step, List<Share> shares) {
    Step {
      shares = List.copyOf(shares);
    }
  }

  /** Sequences of a draw in a batch. */
  record Share(long draw, long version, int sequences) {}

  Draws {
    accepted = List.copyOf(accepted);
    steps = List.copyOf(steps);
  }

  /** The name of the file for the trainer's n-th process, from 1. */
  static String file(int start) {
    return "draws-%d.log".formatted(start);
  }

  static Draws read(Path file) throws IOException {
    return parse(Files.readAllLines(file));
  }

  /** Other lines are ignored. */
  static Draws parse(List<String> lines) {
    List<Accepted> accepted = new ArrayList<>();
    List<Step> steps = new ArrayList<>();
    for (String line : lines) {
      Matcher result = ACCEPTED.matcher(line);
      Matcher step = STEP.matcher(line);
      if (result.find()) {
        accepted.add(
            new Accepted(Long.parseLong(result.group(1)), result.group(2), result.group(3)));
      } else if (step.find()) {
        steps.add(
            new Step(
                step.group(1) == null ? 0 : Long.parseLong(step.group(1)), shares(step.group(2))));
      }
    }
    return new Draws(accepted, steps);
  }

  private static List<Share> shares(String text) {
    List<Share> shares = new ArrayList<>();
    Matcher share = SHARE.matcher(text);
    while (share.find()) {
      shares.add(
          new Share(
              Long.parseLong(share.group(1)),
              Long.parseLong(share.group(2)),
              Integer.parseInt(share.group(3))));
    }
    return shares;
  }
}
