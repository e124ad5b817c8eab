package io.tributary.model.classifier;

import io.tributary.data.BadInputException;
import io.tributary.data.WordTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Lists of words whose occurrences a classifier counts: two numbers per list, log(1 + occurrences)
 * and the same of those that follow a negation.
 *
 * <p>A word follows a negation if one of the {@value #REACH} word tokens before it is one. Case is
 * ignored.
 */
public record WordLists(List<Set<String>> lists) {
  private static final int REACH = 3;
  private static final Set<String> NEGATIONS =
      Set.of("not", "no", "never", "nothing", "hardly", "without", "cannot");

  /**
   * Reads a list per file: UTF-8, one word per line; blank lines and lines that begin with # are
   * skipped, and so are entries that are not a single word token, which could never match.
   *
   * @throws BadInputException if a file can't be read or holds no word
   */
  public static WordLists read(List<Path> files) {
    return new WordLists(files.stream().map(WordLists::read).toList());
  }

  private static Set<String> read(Path file) {
    Set<String> words = new HashSet<>();
    try {
      for (String line : Files.readAllLines(file)) {
        List<String> tokens = WordTokens.of(line);
        if (tokens.size() == 1 && tokens.get(0).equals(WordTokens.normalise(line).strip())) {
          words.add(WordTokens.fold(tokens.get(0)));
        }
      }
    } catch (IOException e) {
      throw new BadInputException(
          "%s can't be read: %s; expected UTF-8 text, one word per line".formatted(file, e), e);
    }
    if (words.isEmpty()) {
      throw new BadInputException(file + " has no words; expected one word per line");
    }
    return words;
  }

  /** Numbers per text. */
  int size() {
    return 2 * lists.size();
  }

  /** The numbers of a text. */
  float[] counts(String text) {
    List<String> tokens = new ArrayList<>();
    WordTokens.of(text).forEach(token -> tokens.add(WordTokens.fold(token)));
    float[] counts = new float[size()];
    int negated = 0; // words that the last negation still affects
    for (String token : tokens) {
      for (int i = 0; i < lists.size(); i++) {
        if (lists.get(i).contains(token)) {
          counts[2 * i]++;
          counts[2 * i + 1] += negated > 0 ? 1 : 0;
        }
      }
      negated = isNegation(token) ? REACH : negated - 1;
    }
    for (int i = 0; i < counts.length; i++) {
      counts[i] = (float) Math.log1p(counts[i]);
    }
    return counts;
  }

  private static boolean isNegation(String token) {
    return NEGATIONS.contains(token) || token.toLowerCase(Locale.ROOT).endsWith("n't");
  }
}
