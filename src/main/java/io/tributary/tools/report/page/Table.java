package io.tributary.tools.report.page;

import io.tributary.io.Json;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

  /** A row of texts and whole numbers as they are, and doubles in a few digits. */
  public static List<String> row(Object... cells) {
    return Arrays.stream(cells)
        .map(cell -> cell instanceof Double value ? number(value) : cell.toString())
        .toList();
  }

  /** Comma-separated values according to RFC 4180, but with line feeds only. */
  public String csv() {
    return Stream.concat(Stream.of(header), rows.stream())
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

  /** The number with its standard error, if there is one. */
  public static String withError(double value, double error) {
    return number(value) + (Double.isFinite(error) ? " ± " + number(error) : "");
  }
}
