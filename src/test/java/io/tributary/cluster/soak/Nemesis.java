package io.tributary.cluster.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tributary.cluster.soak.Schedule.Round;
import io.tributary.testing.run.Conservation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Carries out a schedule on a cluster, and writes to the journal what it did and, each second, how
 * the run is. After each round it waits until the run has recovered.
 */
final class Nemesis {
  private static final long SAMPLE_MILLIS = 1000;
  private static final int LEDGER_READINGS = 40;
  private static final long DRAIN_SECONDS = 60;
  private static final Pattern CATEGORY =
      Pattern.compile("(?m)^- +(\\S.*) \\(reserved=\\d+, committed=(\\d+)\\)");
  private static final Pattern LIVING = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");

  private record Deed(double at, String what, Fault fault, FaultKind.Deed deed) {}

  private record Status(long step, int samplers, int scorers) {}

  private final SoakCluster cluster;
  private final HostHttp http;
  private final Journal journal;
  private final int workers;
  private final double patience;
  private Status last = new Status(0, 0, 0);
  private double sampled;

  /**
   * @param patience seconds to wait for the recovery from a round
   */
  Nemesis(SoakCluster cluster, Journal journal, int workers, double patience) {
    this.cluster = cluster;
    this.http = cluster.http();
    this.journal = journal;
    this.workers = workers;
    this.patience = patience;
  }

  /**
   * Begins rounds for so long and so often, ends the last one, and drains the run. Ends at once
   * when the run does not recover.
   */
  void run(Schedule schedule, double seconds, int rounds) throws Exception {
    boolean recovers = recovers("start", 2 * patience);
    double end = journal.seconds() + seconds;
    for (int i = 0; i < rounds && recovers && journal.seconds() < end; i++) {
      Round round = schedule.next();
      carryOut(round);
      recovers = recovers("round " + round.number(), patience);
      if (recovers) {
        readLedger();
        weigh();
        until(journal.seconds() + round.calm());
      }
    }
    journal.write("end");
    if (recovers) {
      journal.write("trimmed", "answer", jcmd("System.trim_native_heap"));
      cluster.trainer().letEnd();
      http.post("/control/drain");
      cluster.trainer().awaitEnd(DRAIN_SECONDS);
    }
  }

  private void carryOut(Round round) throws Exception {
    List<Deed> deeds = new ArrayList<>();
    for (Fault fault : round.faults()) {
      journal.say("round %d: %s", round.number(), fault);
      deeds.add(new Deed(fault.start(), "fault", fault, fault.kind()::begin));
      if (fault.seconds() > 0) {
        deeds.add(new Deed(fault.end(), "end of fault", fault, fault.kind()::end));
      }
    }
    deeds.sort(Comparator.comparingDouble(Deed::at));
    double began = journal.seconds();
    for (Deed deed : deeds) {
      until(began + deed.at());
      Fault fault = deed.fault();
      journal.write(
          deed.what(),
          "round",
          round.number(),
          "kind",
          fault.kind(),
          "workers",
          fault.workers(),
          "until",
          began + fault.end(),
          "fault",
          fault);
      deed.deed().on(cluster, deed.fault());
    }
    sample();
    journal.write("healed", "round", round.number(), "step", last.step());
  }

  private boolean recovers(String what, double within) throws InterruptedException {
    long before = last.step();
    double began = journal.seconds();
    while (journal.seconds() < began + within) {
      until(Math.max(journal.seconds(), sampled + SAMPLE_MILLIS / 1e3));
      sample();
      if (last.step() > before && last.samplers() == workers && last.scorers() == workers) {
        journal.say(
            "%s: all %d workers work after %.1f s, step %d",
            what, workers, journal.seconds() - began, last.step());
        return true;
      }
    }
    journal.say("%s: no recovery within %.0f s: %s", what, within, last);
    return false;
  }

  /** Waits, and samples each second. */
  private void until(double time) throws InterruptedException {
    while (journal.seconds() < time) {
      double due = sampled + SAMPLE_MILLIS / 1e3;
      if (journal.seconds() >= due) {
        sample();
      } else {
        double left = Math.min(time, due) - journal.seconds();
        TimeUnit.NANOSECONDS.sleep((long) (left * 1e9));
      }
    }
  }

  private void sample() throws InterruptedException {
    sampled = journal.seconds();
    Process trainer = cluster.trainer().process();
    if (trainer == null) {
      return;
    }
    try {
      JsonObject status = JsonParser.parseString(http.get("/status")).getAsJsonObject();
      JsonObject loads = status.getAsJsonObject("stages");
      last =
          new Status(
              status.get("step").getAsLong(), count(loads, "sampler"), count(loads, "scorer"));
      journal.write(
          "status",
          "step",
          last.step(),
          "samplers",
          last.samplers(),
          "scorers",
          last.scorers(),
          "state",
          status.get("state").getAsString(),
          "rss",
          residentBytes(trainer.pid()));
    } catch (IOException e) {
      journal.write("silent", "reason", e.getMessage()); // it starts, or ends
    }
  }

  private static int count(JsonObject loads, String stage) {
    return Optional.ofNullable(loads.getAsJsonObject(stage))
        .map(load -> load.get("workers").getAsInt())
        .orElse(0);
  }

  private static long residentBytes(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }

  /** While nothing moves; a draw that is being made then may still come. */
  private void readLedger() throws IOException, InterruptedException {
    http.post("/control/pause-sampling");
    http.post("/control/pause-learning");
    Conservation counted = Conservation.ofText(http.get("/metrics"));
    for (int i = 0; i < LEDGER_READINGS && counted.missing() != counted.inStream(); i++) {
      TimeUnit.MILLISECONDS.sleep(SAMPLE_MILLIS / 4);
      counted = Conservation.ofText(http.get("/metrics"));
    }
    journal.write(
        "ledger",
        "drawn",
        counted.drawn(),
        "learned",
        counted.learned(),
        "dropped",
        counted.dropped().values().stream().mapToLong(Long::longValue).sum(),
        "reasons",
        counted.dropped(),
        "in_stream",
        counted.inStream());
    http.post("/control/resume");
  }

  /** What is left when all garbage is collected, and what the virtual machine has by category. */
  private void weigh() throws IOException, InterruptedException {
    Matcher total = LIVING.matcher(jcmd("GC.class_histogram"));
    if (total.find()) {
      journal.write("heap", "bytes", Long.parseLong(total.group(1)));
    }
    List<Object> committed = new ArrayList<>();
    Matcher categories = CATEGORY.matcher(jcmd("VM.native_memory", "summary", "scale=b"));
    while (categories.find()) {
      committed.add(categories.group(1));
      committed.add(Long.parseLong(categories.group(2)));
    }
    journal.write("native", committed.toArray());
  }

  /** Blank if there is no trainer to ask. */
  private String jcmd(String... command) throws IOException, InterruptedException {
    Process trainer = cluster.trainer().process();
    if (trainer == null) {
      return "";
    }
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
    line.add(Long.toString(trainer.pid()));
    line.addAll(List.of(command));
    Process jcmd = new ProcessBuilder(line).redirectErrorStream(true).start();
    String answer = new String(jcmd.getInputStream().readAllBytes(), UTF_8);
    return jcmd.waitFor() == 0 ? answer : "";
  }
}
