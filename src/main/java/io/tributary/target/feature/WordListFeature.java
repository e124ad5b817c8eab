package io.tributary.target.feature;

import io.tributary.config.binding.ConfigException;
import io.tributary.data.WordTokens;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * 1 iff any entry of a list occurs among the word tokens of the text, else 0. An entry is one word
 * or several consecutive ones.
 *
 * <p>A token ending in a contracted verb or possessive is also an occurrence of the word before it
 * ({@code he's} of {@code he}); see {@link WordTokens#withoutClitic}. Entries are kept in a trie,
 * so each token takes one hash lookup however long the list is, and one more for each word of an
 * entry that starts there.
 */
final class WordListFeature implements Feature {
  private static final Pattern SEPARATOR = Pattern.compile("[\\s\\p{Pd}]+");

  private final String name;
  private final boolean caseSensitive;
  private final List<String> entries;
  private final Node root = new Node();

  /** A node of the trie: the words that may follow those that lead here. */
  private static final class Node {
    final Map<String, Node> next = new HashMap<>();
    boolean isEnd;
  }

  /**
   * @param entries at least one, each of word tokens separated by white space or hyphens
   * @param caseSensitive whether upper and lower case differ
   * @throws ConfigException if there is no entry, or one that could never occur since text is split
   *     into words differently
   */
  WordListFeature(String name, List<String> entries, boolean caseSensitive) {
    this.name = name;
    this.caseSensitive = caseSensitive;
    this.entries = List.copyOf(entries);
    for (String entry : entries) {
      Node node = root;
      for (String word : words(name, entry)) {
        String folded = caseSensitive ? word : WordTokens.fold(word);
        node = node.next.computeIfAbsent(folded, w -> new Node());
      }
      node.isEnd = true;
    }
    if (root.next.isEmpty()) {
      throw new ConfigException(
          "feature \"%s\" has an empty word list; give it at least one word".formatted(name));
    }
  }

  private static List<String> words(String name, String entry) {
    String written = WordTokens.normalise(entry).strip();
    List<String> words = WordTokens.of(written);
    String understood = String.join(" ", words);
    if (words.isEmpty() || !SEPARATOR.matcher(written).replaceAll(" ").equals(understood)) {
      throw new ConfigException(
          "feature \"%s\": \"%s\" would never occur as it is written; expected %s"
              .formatted(
                  name,
                  entry,
                  words.isEmpty()
                      ? "letters or digits"
                      : '"' + understood + "\", the words that text is split into"));
    }
    return words;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public double value(Text text) {
    return isIn(text.words()) ? 1 : 0;
  }

  /** When an entry has occurred, and nothing can be joined to its last word any more. */
  @Override
  public boolean isDecided(Text beginning) {
    return isIn(WordTokens.settled(beginning.text()));
  }

  /** The entries, and where case is ignored with the initial that a sentence begins with. */
  @Override
  public List<List<String>> phrases() {
    return List.of(
        entries.stream()
            .map(String::strip)
            .flatMap(
                entry -> caseSensitive ? Stream.of(entry) : Stream.of(entry, capitalised(entry)))
            .distinct()
            .toList());
  }

  private static String capitalised(String entry) {
    int first = entry.offsetByCodePoints(0, 1);
    return entry.substring(0, first).toUpperCase(Locale.ROOT) + entry.substring(first);
  }

  private boolean isIn(List<String> words) {
    for (int i = 0; i < words.size(); i++) {
      if (beginsAt(i, words)) {
        return true;
      }
    }
    return false;
  }

  private boolean beginsAt(int start, List<String> words) {
    Node node = root;
    for (int i = start; node != null && i < words.size(); i++) {
      String word = caseSensitive ? words.get(i) : WordTokens.fold(words.get(i));
      Node whole = node.next.get(word);
      Node withoutClitic = node.next.get(WordTokens.withoutClitic(word));
      if ((whole != null && whole.isEnd) || (withoutClitic != null && withoutClitic.isEnd)) {
        return true;
      }
      node = whole;
    }
    return false;
  }
}
