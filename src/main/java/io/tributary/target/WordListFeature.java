package io.tributary.target;

import io.tributary.config.ConfigException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * 1 iff any word of a list occurs among the word tokens of the text, else 0.
 *
 * <p>A token with a contracted verb or possessive at its end is an occurrence of the word before it
 * too ({@code he's} of {@code he}); see {@link WordTokens#withoutClitic}. Each token costs one look
 * into a hash set, however long the list is.
 */
public final class WordListFeature implements Feature {
  private final String name;
  private final Set<String> words;
  private final boolean caseSensitive;

  private WordListFeature(String name, Set<String> words, boolean caseSensitive) {
    this.name = name;
    this.words = words;
    this.caseSensitive = caseSensitive;
  }

  /**
   * A feature of a list of words.
   *
   * @param words at least one, each exactly one word token
   * @param caseSensitive whether upper and lower case differ
   * @throws ConfigException if there is no word, or one that could never occur because it is not
   *     one word token
   */
  public static WordListFeature of(String name, Collection<String> words, boolean caseSensitive) {
    Set<String> entries = new HashSet<>();
    for (String word : words) {
      String entry = WordTokens.normalise(word).strip();
      List<String> tokens = WordTokens.of(entry);
      if (!tokens.equals(List.of(entry))) {
        throw new ConfigException(
            "feature \"%s\": \"%s\" is not one word and would never occur; %s"
                .formatted(name, word, advice(tokens)));
      }
      entries.add(caseSensitive ? entry : WordTokens.fold(entry));
    }
    if (entries.isEmpty()) {
      throw new ConfigException(
          "feature \"%s\" has an empty word list; give it at least one word".formatted(name));
    }
    return new WordListFeature(name, Set.copyOf(entries), caseSensitive);
  }

  private static String advice(List<String> tokens) {
    return switch (tokens.size()) {
      case 0 -> "expected letters or digits";
      case 1 -> "expected \"" + tokens.get(0) + "\" without what is around it";
      default ->
          "expected a single word, but text is split into the words %s; list those that are meant"
              .formatted(tokens);
    };
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public double value(String text) {
    return WordTokens.stream(text).anyMatch(this::contains) ? 1 : 0;
  }

  private boolean contains(String token) {
    String folded = caseSensitive ? token : WordTokens.fold(token);
    return words.contains(folded) || words.contains(WordTokens.withoutClitic(folded));
  }
}
