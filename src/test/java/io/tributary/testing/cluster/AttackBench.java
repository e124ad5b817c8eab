package io.tributary.testing.cluster;

import io.tributary.io.LastingFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Measures what attackers of both ports of a trainer's cluster cost it: {@code AttackBench FOLDER
 * SECONDS [KIND,KIND]}. The trainer, with its learner, sampler and ports, has the first core, and
 * the attackers the last, so that what they do themselves costs it nothing. The folder is emptied
 * first.
 */
public final class AttackBench {
  private static final Path BASE = Path.of("test-data/models/base").toAbsolutePath();
  private static final List<String> PORTS = List.of("17355", "17356");
  private static final int PAUSE_MILLIS = 100;
  private static final int SETTLE_SECONDS = 5;

  /** Until a thousand are open, as far as they may be. */
  private static final int HOLD_SECONDS = 25;

  /** Until what a connection costs is compiled: a service has run for days when it is attacked. */
  private static final int WARM_UP_SECONDS = 30;

  private static final int WARM_UP_PAUSE_MILLIS = 20;
  private static final int TIMES = 2;

  private final BenchCluster cluster;
  private final Path good;
  private final Path other;
  private final BenchNode trainer;

  private AttackBench(Path folder, BenchCluster cluster) throws Exception {
    this.cluster = cluster;
    this.good = Files.createDirectories(folder.resolve("good"));
    this.other = Files.createDirectories(folder.resolve("other"));
    String names = "dns:localhost,ip:" + cluster.address(0);
    TestAuthority.Identity own = new TestAuthority(good).issue("node", names);
    new TestAuthority(other).issue("node", names);
    List<String> settings = new ArrayList<>(BenchCluster.training(BASE));
    settings.addAll(cluster.settings(own.certificate(), own.key(), own.authority()));
    this.trainer = cluster.trainer(0, 0, "0", settings);
    trainer.until("steps", () -> trainer.steps() > 2);
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]).toAbsolutePath();
    LastingFiles.delete(folder);
    List<ClusterAttackers.Kind> kinds =
        arguments.length > 2
            ? Stream.of(arguments[2].split(",", -1)).map(ClusterAttackers.Kind::valueOf).toList()
            : List.of(ClusterAttackers.Kind.values());
    try (BenchCluster cluster = new BenchCluster(folder, 1)) {
      AttackBench bench = new AttackBench(folder, cluster);
      for (ClusterAttackers.Kind kind : kinds) {
        bench.attacked(kind, WARM_UP_PAUSE_MILLIS, WARM_UP_SECONDS);
      }
      for (ClusterAttackers.Kind kind : kinds) {
        bench.compare(kind, Integer.parseInt(arguments[1]));
      }
    }
  }

  /** Quiet and attacked times in turn, since the machine's own speed changes. */
  private void compare(ClusterAttackers.Kind kind, int seconds) throws Exception {
    List<Double> quiet = new ArrayList<>(List.of(stepsASecond(seconds)));
    List<Double> attacked = new ArrayList<>();
    for (int i = 0; i < TIMES; i++) {
      attacked.add(attacked(kind, PAUSE_MILLIS, seconds));
      quiet.add(stepsASecond(seconds));
    }
    System.out.printf(
        "%-13s steps/s undisturbed %s, attacked %s, ratio %.2f%n",
        kind, text(quiet), text(attacked), mean(attacked) / mean(quiet));
  }

  private double attacked(ClusterAttackers.Kind kind, int pauseMillis, int seconds)
      throws Exception {
    List<BenchNode> attackers = new ArrayList<>();
    for (String port : PORTS) {
      attackers.add(
          cluster.program(
              0,
              kind + "-" + port,
              ClusterAttackers.class,
              List.of(
                  port,
                  kind.name(),
                  Integer.toString(pauseMillis),
                  good.toString(),
                  other.toString())));
    }
    for (BenchNode attacker : attackers) {
      attacker.until("connections");
    }
    boolean holds =
        kind == ClusterAttackers.Kind.HELD || kind == ClusterAttackers.Kind.HELD_TRUSTED;
    Thread.sleep((holds ? HOLD_SECONDS : SETTLE_SECONDS) * 1000L);
    double rate = stepsASecond(seconds);
    for (BenchNode attacker : attackers) {
      System.out.printf("  %s: %s%n", kind, attacker.lastLine());
      attacker.close();
    }
    return rate;
  }

  private double stepsASecond(int seconds) throws InterruptedException {
    double steps = trainer.steps();
    long start = System.nanoTime();
    Thread.sleep(seconds * 1000L);
    return (trainer.steps() - steps) * 1e9 / (System.nanoTime() - start);
  }

  private static String text(List<Double> rates) {
    return rates.stream()
        .map(rate -> String.format(Locale.ROOT, "%.2f", rate))
        .collect(Collectors.joining(" "));
  }

  private static double mean(List<Double> rates) {
    return rates.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }
}
