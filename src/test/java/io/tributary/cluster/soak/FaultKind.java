package io.tributary.cluster.soak;

import java.util.Arrays;
import java.util.List;

/** What can be done to a cluster. */
enum FaultKind {
  CUT_BRIEFLY("cut off", Part.LINK, Length.SHORT, 2, SoakCluster::cut, SoakCluster::heal),
  CUT_LONG("cut off for long", Part.LINK, Length.LONG, 2, SoakCluster::cut, SoakCluster::heal),
  CUT_ALL("cut off all of", Part.LINK, Length.SHORT, 9, SoakCluster::cut, SoakCluster::heal),
  CUT_PAIR(
      "cut the link between",
      Part.LINK,
      Length.LONG,
      2,
      SoakCluster::cutBetween,
      SoakCluster::heal),
  CUT_FILES(
      "block the port of the files for",
      Part.LINK,
      Length.SHORT,
      2,
      SoakCluster::cutFiles,
      SoakCluster::heal),
  LOSE_PACKETS(
      "lose packets of one direction of",
      Part.LINK,
      Length.LONG,
      2,
      SoakCluster::losePackets,
      SoakCluster::heal),
  SLOW_DOWN(
      "slow down the link of",
      Part.LINK,
      Length.LONG,
      2,
      SoakCluster::limitRate,
      SoakCluster::unlimitRate),
  FREEZE_BRIEFLY("freeze", Part.PROCESS, Length.SHORT, 2, SoakCluster::freeze, SoakCluster::thaw),
  FREEZE_LONG(
      "freeze for long", Part.PROCESS, Length.LONG, 1, SoakCluster::freeze, SoakCluster::thaw),
  KILL("kill", Part.PROCESS, Length.NONE, 2, SoakCluster::kill, SoakCluster::nothing),
  KILL_FOR_LONG(
      "kill, and start again late,",
      Part.PROCESS,
      Length.LONG,
      1,
      SoakCluster::killAndHold,
      SoakCluster::release),
  EMPTY_CACHE(
      "kill, and empty the cache of",
      Part.PROCESS,
      Length.NONE,
      1,
      SoakCluster::killAndEmptyCache,
      SoakCluster::nothing),
  DRAIN("drain", Part.PROCESS, Length.NONE, 2, SoakCluster::drain, SoakCluster::nothing),
  SEND_NOISE(
      "send noise to all ports",
      Part.NONE,
      Length.SHORT,
      0,
      SoakCluster::noise,
      SoakCluster::nothing),
  DRAIN_TRAINER(
      "drain and resume the trainer",
      Part.TRAINER,
      Length.NONE,
      0,
      SoakCluster::drainTrainer,
      SoakCluster::nothing),
  KILL_TRAINER(
      "kill and resume the trainer",
      Part.TRAINER,
      Length.NONE,
      0,
      SoakCluster::killTrainer,
      SoakCluster::nothing);

  /** What it is done to. A part gets one fault at a time. */
  enum Part {
    LINK,
    PROCESS,
    TRAINER,
    NONE
  }

  /** Whether it is over before an unreachable node is removed. */
  enum Length {
    NONE,
    SHORT,
    LONG
  }

  /** Does something to a cluster. */
  @FunctionalInterface
  interface Deed {
    void on(SoakCluster cluster, Fault fault) throws Exception;
  }

  private final String text;
  private final Part part;
  private final Length length;
  private final int most;

  @SuppressWarnings("ImmutableEnumChecker") // made of methods that hold nothing
  private final Deed begin;

  @SuppressWarnings("ImmutableEnumChecker")
  private final Deed end;

  FaultKind(String text, Part part, Length length, int most, Deed begin, Deed end) {
    this.text = text;
    this.part = part;
    this.length = length;
    this.most = most;
    this.begin = begin;
    this.end = end;
  }

  /** Those that leave the trainer's process alone. */
  static List<FaultKind> sparingTheTrainer() {
    return Arrays.stream(values()).filter(kind -> kind.part != Part.TRAINER).toList();
  }

  String text() {
    return text;
  }

  Part part() {
    return part;
  }

  Length length() {
    return length;
  }

  /** Whether its workers and the trainer may lose each other for long. */
  boolean separates() {
    return this == CUT_LONG || this == FREEZE_LONG || this == LOSE_PACKETS || this == SLOW_DOWN;
  }

  /** The most workers that it meets at a time. */
  int most() {
    return most;
  }

  void begin(SoakCluster cluster, Fault fault) throws Exception {
    begin.on(cluster, fault);
  }

  void end(SoakCluster cluster, Fault fault) throws Exception {
    end.on(cluster, fault);
  }
}
