package io.tributary.target;

import io.tributary.data.WordTokens;
import io.tributary.model.TextTokenizer;
import io.tributary.model.guide.TokenGuide;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Makes the guide of a target: towards phrases that its hard constraints require. */
public final class GuideBuilder {
  private static final String WORD = "a"; // what a token is decoded behind

  private final TextTokenizer tokenizer;
  private final int vocabulary;
  private final boolean[] beginsInWord;
  private final boolean[] endsInWord;

  private GuideBuilder(TextTokenizer tokenizer, int vocabulary) {
    this.tokenizer = tokenizer;
    this.vocabulary = vocabulary;
    this.beginsInWord = new boolean[vocabulary];
    this.endsInWord = new boolean[vocabulary];
    int[] before = tokenizer.encode(WORD);
    int[] tokens = Arrays.copyOf(before, before.length + 1);
    String alone = tokenizer.decode(before);
    for (int token = 0; token < vocabulary; token++) {
      tokens[before.length] = token;
      String text = tokenizer.decode(tokens);
      String added = text.startsWith(alone) ? text.substring(alone.length()) : "";
      if (!added.isEmpty()) {
        beginsInWord[token] = isInWord(added.codePointAt(0));
        endsInWord[token] = isInWord(added.codePointBefore(added.length()));
      }
    }
  }

  private static boolean isInWord(int codePoint) {
    return Character.isLetterOrDigit(codePoint)
        || Character.getType(codePoint) == Character.NON_SPACING_MARK;
  }

  /**
   * The guide of a target, as phrases are written as tokens by its tokenizer; {@link
   * TokenGuide#NONE} if no hard constraint requires phrases.
   *
   * @param vocabulary of the model
   */
  public static TokenGuide of(EnergyBasedModel target, TextTokenizer tokenizer, int vocabulary) {
    List<List<String>> required =
        target.factors().stream()
            .filter(Factor.Required.class::isInstance)
            .flatMap(factor -> factor.feature().phrases().stream())
            .toList();
    return required.isEmpty()
        ? TokenGuide.NONE
        : new GuideBuilder(tokenizer, vocabulary).guide(required);
  }

  private TokenGuide guide(List<List<String>> required) {
    List<List<int[]>> lists = new ArrayList<>();
    for (List<String> phrases : required) {
      List<int[]> encoded = phrases.stream().flatMap(this::tokens).toList();
      if (!encoded.isEmpty()) {
        lists.add(encoded);
      }
    }
    return lists.isEmpty()
        ? TokenGuide.NONE
        : new TokenGuide(lists, token -> beginsInWord[token], token -> endsInWord[token]);
  }

  /** As the tokenizer writes a phrase within a text and at its beginning. */
  private Stream<int[]> tokens(String phrase) {
    String written = WordTokens.normalise(phrase);
    return Stream.of(" " + written, written)
        .map(tokenizer::encode)
        .filter(tokens -> tokens.length > 0)
        .filter(tokens -> Arrays.stream(tokens).allMatch(token -> token < vocabulary));
  }
}
