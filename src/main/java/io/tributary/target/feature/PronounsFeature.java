package io.tributary.target.feature;

import io.tributary.config.target.Majority;
import io.tributary.data.WordTokens;
import java.util.Set;

/**
 * 1 iff the pronouns of a text are mostly female, mostly male, or balanced (as biographies are
 * counted in section 4.2 (e), Korbak et al. 2022, arXiv:2206.00761).
 *
 * <p>{@code she's} counts as {@code she}; case is ignored.
 */
record PronounsFeature(String name, Majority majority) implements Feature {
  private static final Set<String> FEMALE = Set.of("she", "her", "hers", "herself");
  private static final Set<String> MALE = Set.of("he", "him", "his", "himself");

  @Override
  public double value(Text text) {
    int female = 0;
    int male = 0;
    for (String token : text.words()) {
      String word = WordTokens.withoutClitic(WordTokens.fold(token));
      female += FEMALE.contains(word) ? 1 : 0;
      male += MALE.contains(word) ? 1 : 0;
    }
    boolean holds =
        switch (majority) {
          case FEMALE -> female > male;
          case MALE -> male > female;
          case BALANCED -> female == male && female > 0;
        };
    return holds ? 1 : 0;
  }
}
