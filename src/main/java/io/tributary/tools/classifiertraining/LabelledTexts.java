package io.tributary.tools.classifiertraining;

import io.tributary.data.BadInputException;
import io.tributary.io.TextFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Texts and their labels.
 *
 * @param labels the labels
 * @param texts the texts
 * @param labelled index of each text's label
 * @param repeated number of lines left out because they repeat an earlier one
 */
public record LabelledTexts(List<String> labels, List<String> texts, int[] labelled, int repeated) {
  private static final String EXPECTED =
      "expected columns separated by tabs, of which the last is the text and the one before it its"
          + " label";

  private record Line(String label, String text) {}

  /**
   * Reads a file, plain or with gzip: one text per line, in UTF-8, in columns separated by tabs.
   * The last column is the text, the one before it its label; earlier columns, such as the text's
   * source, are ignored, and so are blank lines. A text that is repeated with the same label counts
   * once.
   *
   * @param names other names for labels of the file
   * @throws BadInputException naming file and line, if it can't be read, has fewer than two columns
   *     somewhere or fewer than two labels, or does not have a label of {@code names}
   */
  public static LabelledTexts read(Path file, Map<String, String> names) {
    Set<Line> lines = new LinkedHashSet<>();
    List<String> all = new TextFile(file).lines();
    int filled = 0;
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).isBlank()) {
        continue;
      }
      filled++;
      String[] columns = all.get(i).split("\t", -1);
      int last = columns.length - 1;
      if (last < 1 || columns[last - 1].isBlank() || columns[last].isBlank()) {
        throw new BadInputException(
            "%s:%d: %s; got %d columns".formatted(file, i + 1, EXPECTED, columns.length));
      }
      lines.add(new Line(columns[last - 1].strip(), columns[last]));
    }
    List<String> stored = lines.stream().map(Line::label).distinct().sorted().toList();
    if (stored.size() < 2) {
      throw new BadInputException(
          "%s: has the labels %s; expected at least two different ones, %s"
              .formatted(file, stored, EXPECTED));
    }
    return new LabelledTexts(
        named(file, stored, names),
        lines.stream().map(Line::text).toList(),
        lines.stream().mapToInt(line -> stored.indexOf(line.label())).toArray(),
        filled - lines.size());
  }

  private static List<String> named(Path file, List<String> stored, Map<String, String> names) {
    for (String label : names.keySet()) {
      if (!stored.contains(label)) {
        throw new BadInputException(
            "%s: has no label \"%s\" to rename to \"%s\": its labels are %s"
                .formatted(file, label, names.get(label), String.join(", ", stored)));
      }
    }
    List<String> named = stored.stream().map(label -> names.getOrDefault(label, label)).toList();
    if (named.stream().distinct().count() < named.size()) {
      throw new BadInputException(
          "%s: its labels would be %s; expected different names for all of them"
              .formatted(file, String.join(", ", named)));
    }
    return named;
  }

  /** Number of texts of each label. */
  Map<String, Integer> counts() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (int k = 0; k < labels.size(); k++) {
      int label = k;
      counts.put(
          labels.get(k), (int) Arrays.stream(labelled).filter(given -> given == label).count());
    }
    return counts;
  }

  /** The labels of the texts at {@code indices}. */
  int[] labelled(int[] indices) {
    return Arrays.stream(indices).map(i -> labelled[i]).toArray();
  }
}
