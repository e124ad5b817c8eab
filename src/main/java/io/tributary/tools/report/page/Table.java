package io.tributary.tools.report.page;

import io.tributary.io.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Rows of text under a header.
 *
 * @param id names its file, such as {@code table-4}
 * @param title its title
 * @param caption what it shows
 * @param header names of the columns
 * @param rows as many cells as the header has
 */
public record Table(
    String id, String title, String caption, List<String> header, List<List<String>> rows) {
  public Table {
    header = List.copyOf(header);
    rows = List.copyOf(rows);
  }

  /** Comma-separated values according to RFC 4180, but with line feeds only. */
  public String csv() {
    List<List<String>> lines = new ArrayList<>();
    lines.add(header);
    lines.addAll(rows);
    return lines.stream()
        .map(line -> line.stream().map(Table::quoted).collect(Collectors.joining(",")) + "\n")
        .collect(Collectors.joining());
  }

  private static String quoted(String cell) {
    return cell.matches("[^\",\\n\\r]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }

  /** A number of things: 1 task, 2 tasks. */
  public static String count(int n, String what) {
    return "%d %s%s".formatted(n, what, n == 1 ? "" : "s");
  }

  /** The number with all its digits; empty if it is not finite. */
  static String exact(double value) {
    return Double.isFinite(value) ? Json.number(value).getAsString() : "";
  }

  /** The number in a few digits, or a dash for NaN. */
  public static String number(double value) {
    if (Double.isNaN(value)) {
      return "–";
    } else if (Double.isInfinite(value)) {
      return value > 0 ? "∞" : "−∞";
    }
    double size = Math.abs(value);
    String format =
        value == 0
            ? "%.0f"
            : size >= 1000 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1e-3 ? "%.3f" : "%.1e";
    return String.format(Locale.ROOT, format, value);
  }
}
