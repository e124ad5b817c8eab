package io.tributary.testing.run;

import io.tributary.metrics.Label.DropReason;
import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What became of the sequences that were drawn, read from the metrics alone.
 *
 * @param drawn accepted from samplers
 * @param learned by the learner
 * @param dropped by reason
 * @param inStream neither
 */
public record Conservation(long drawn, long learned, Map<String, Long> dropped, long inStream) {
  private static final Pattern SAMPLE =
      Pattern.compile("(?m)^tributary_(\\w+)(?:\\{\\w+=\"(\\w+)\"})? (\\S+)$");

  public Conservation {
    dropped = new TreeMap<>(dropped);
  }

  /** From the counters as they are. */
  public static Conservation of(RunMetrics metrics) {
    return of(
        (String[] key) ->
            (long)
                metrics.value(
                    Metric.valueOf(key[0].toUpperCase(Locale.ROOT)),
                    key.length == 1 ? new String[0] : new String[] {key[1]}));
  }

  /** From the text that Prometheus would get. */
  public static Conservation ofScrape(RunMetrics metrics) {
    return ofText(new String(metrics.scrape(null).body(), StandardCharsets.UTF_8));
  }

  /** From what {@code /metrics} answers. */
  public static Conservation ofText(String text) {
    Map<String, Long> samples = new TreeMap<>();
    Matcher sample = SAMPLE.matcher(text);
    while (sample.find()) {
      String label = sample.group(2) == null ? "" : " " + sample.group(2);
      samples.put(sample.group(1) + label, (long) Double.parseDouble(sample.group(3)));
    }
    return of((String[] key) -> samples.get(String.join(" ", key)));
  }

  private static Conservation of(ToLongFunction<String[]> values) {
    Map<String, Long> dropped = new TreeMap<>();
    for (DropReason reason : DropReason.values()) {
      dropped.put(
          reason.label(),
          values.applyAsLong(new String[] {Metric.SEQUENCES_DROPPED_TOTAL.key(), reason.label()}));
    }
    dropped.values().removeIf(count -> count == 0);
    return new Conservation(
        values.applyAsLong(stage(Stage.SAMPLER)),
        values.applyAsLong(stage(Stage.LEARNER)),
        dropped,
        values.applyAsLong(new String[] {Metric.STREAM_SEQUENCES.key()}));
  }

  private static String[] stage(Stage stage) {
    return new String[] {Metric.STAGE_SEQUENCES_TOTAL.key(), stage.label()};
  }

  /** What was drawn, and neither learned nor dropped; the stream says itself how much that is. */
  public long missing() {
    return drawn - learned - dropped.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Whether all that was drawn is accounted for, and nothing is under way. */
  public boolean holds() {
    return missing() == 0 && inStream == 0;
  }
}
