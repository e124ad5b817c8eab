package io.tributary.cluster.soak;

import io.tributary.cluster.soak.FaultKind.Part;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Rounds of faults, which follow from the seed alone. All kinds come equally often: they are dealt
 * from a pack that is shuffled again when it is empty.
 */
final class Schedule {

  /**
   * How long things last, in seconds.
   *
   * @param brief the longest brief fault
   * @param removal after which an unreachable node is removed; a long fault lasts 1 to 2 times that
   * @param calm the longest calm after a round; it is at least half of that
   * @param most the most faults in a round
   */
  record Pace(double brief, double removal, double calm, int most) {}

  /**
   * Faults that overlap, and a calm.
   *
   * @param number of the round, from 1
   * @param calm seconds after the last fault has ended
   */
  record Round(int number, List<Fault> faults, double calm) {
    Round {
      faults = List.copyOf(faults);
    }
  }

  private static final double STAGGER = 3;

  private final Random random;
  private final int workers;
  private final Pace pace;
  private final List<FaultKind> kinds;
  private final List<FaultKind> pack = new ArrayList<>();
  private int rounds;

  /**
   * @param workers there are, numbered from 1
   * @param kinds that may occur
   */
  Schedule(long seed, int workers, Pace pace, List<FaultKind> kinds) {
    this.random = new Random(seed);
    this.workers = workers;
    this.pace = pace;
    this.kinds = List.copyOf(kinds);
  }

  Round next() {
    Map<Part, List<Integer>> free = new EnumMap<>(Part.class);
    for (Part part : Part.values()) {
      List<Integer> numbers = new ArrayList<>(IntStream.rangeClosed(1, workers).boxed().toList());
      Collections.shuffle(numbers, random);
      free.put(part, numbers);
    }
    int count = 1 + random.nextInt(pace.most());
    List<Fault> faults = new ArrayList<>();
    while (faults.size() < count) {
      if (pack.isEmpty()) {
        pack.addAll(kinds);
        Collections.shuffle(pack, random);
      }
      FaultKind kind = pack.get(0);
      List<Integer> candidates = free.get(kind.part());
      int wanted = wanted(kind);
      if (candidates.size() < wanted) {
        break; // it comes first in the next round
      }
      pack.remove(0);
      List<Integer> met = candidates.subList(0, wanted);
      faults.add(fault(kind, met));
      met.clear();
    }
    double calm = pace.calm() * (1 + random.nextDouble()) / 2;
    return new Round(++rounds, faults, calm);
  }

  private int wanted(FaultKind kind) {
    if (kind == FaultKind.CUT_PAIR) {
      return 2;
    }
    return kind.most() > workers ? workers : kind.most() <= 1 ? kind.most() : one(kind.most());
  }

  private int one(int most) {
    return 1 + random.nextInt(most);
  }

  private Fault fault(FaultKind kind, List<Integer> met) {
    double start = random.nextDouble() * STAGGER;
    double share = random.nextDouble();
    double amount = random.nextDouble();
    return new Fault(
        kind,
        met,
        start,
        switch (kind.length()) {
          case NONE -> 0;
          case SHORT -> pace.brief() * (1 + share) / 2;
          case LONG -> pace.removal() * (1 + share);
        },
        switch (kind) {
          case LOSE_PACKETS -> 0.05 + 0.35 * amount;
          case SLOW_DOWN -> 1e6 * (1 + 9 * amount);
          default -> 0;
        });
  }
}
