package io.tributary.testing.monitoring;

import java.util.Arrays;
import java.util.Locale;

/**
 * What the Prometheus client tells of the JVM and the process, as far as dashboards and rules use
 * it. Names are the constants in lower case.
 */
public enum ProcessSeries {
  PROCESS_START_TIME_SECONDS(
      "gauge", "seconds", "", "Unix time of the start.", "Recent without an upgrade: it crashed."),
  PROCESS_CPU_SECONDS_TOTAL(
      "counter",
      "seconds",
      "",
      "Processor time, of all threads.",
      "Its rate far below the number of cores while a stage is busy: raise"
          + " native.intra-op-threads."),
  PROCESS_RESIDENT_MEMORY_BYTES(
      "gauge",
      "bytes",
      "",
      "Memory of the process, all in all.",
      "Near memory_limit_bytes: the system will kill the process; see the runbook on memory."),
  PROCESS_OPEN_FDS(
      "gauge",
      "descriptors",
      "",
      "Open file descriptors.",
      "Grows without end: a leak; report it."),
  PROCESS_MAX_FDS(
      "gauge", "descriptors", "", "Descriptors that may be open.", "Below 1,024: raise ulimit -n."),
  JVM_MEMORY_USED_BYTES(
      "gauge",
      "bytes",
      "area",
      "Memory that Java's objects and code take.",
      "See the runbook on a full heap."),
  JVM_MEMORY_COMMITTED_BYTES(
      "gauge", "bytes", "area", "Memory taken from the system for them.", "As used bytes."),
  JVM_MEMORY_MAX_BYTES(
      "gauge",
      "bytes",
      "area",
      "What they may take; -1 without a bound.",
      "Too small: TRIBUTARY_JAVA_OPTS=-Xmx…"),
  JVM_GC_COLLECTION_SECONDS(
      "summary",
      "seconds",
      "gc",
      "Pauses for garbage collection.",
      "More than a tenth of the time: the heap is too small."),
  JVM_THREADS_CURRENT(
      "gauge", "threads", "", "Threads of the JVM.", "Grows without end: a leak; report it."),
  JVM_THREADS_DEADLOCKED(
      "gauge", "threads", "", "Threads that wait for each other.", "Any: restart and report it."),
  JVM_BUFFER_POOL_USED_BYTES(
      "gauge", "bytes", "pool", "Memory of Java's own buffers.", "Grows without end: report it.");

  public final String type;
  public final String unit;
  public final String labels;
  public final String meaning;
  public final String whenOdd;

  ProcessSeries(String type, String unit, String labels, String meaning, String whenOdd) {
    this.type = type;
    this.unit = unit;
    this.labels = labels;
    this.meaning = meaning;
    this.whenOdd = whenOdd;
  }

  public String exposedName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static boolean isListed(String series) {
    return Arrays.stream(values())
        .map(ProcessSeries::exposedName)
        .anyMatch(name -> series.equals(name) || series.matches(name + "_(sum|count)"));
  }
}
