package io.tributary.tools.bench;

import io.tributary.data.BadInputException;
import io.tributary.model.TextTokenizer;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A target for any model: one of the words that are a single token. Even random weights produce one
 * in a good part of their sequences, so that a run has something to learn from.
 */
final class FrequentWords {
  private static final int TOKENS =
      1300; // the first ones are GPT-2's single bytes and its first merges
  private static final Pattern WORD = Pattern.compile(" [a-z]+");

  private FrequentWords() {}

  /** The value of {@code target.features}. */
  static String target(TextTokenizer tokenizer, int vocabulary) {
    List<String> words =
        IntStream.range(0, Math.min(TOKENS, vocabulary))
            .mapToObj(token -> tokenizer.decode(new int[] {token}))
            .filter(text -> WORD.matcher(text).matches())
            .map(String::strip)
            .distinct()
            .toList();
    if (words.isEmpty()) {
      throw new BadInputException(
          "the tokenizer has no tokens that are words; expected a configuration with target.features (-c)");
    }
    return words.stream()
        .map(word -> '"' + word + '"')
        .collect(
            Collectors.joining(
                ", ", "[ { name = \"frequent words\", type = wordlist, words = [ ", " ] } ]"));
  }
}
