package io.tributary.data;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits text into word tokens: the only word tokeniser, of features and of text metrics alike.
 *
 * <p>A word token is a longest run of letters, combining marks and digits of any script, in which
 * single apostrophes may stand between two of them:
 *
 * <ul>
 *   <li>Apostrophes: {@code don't} and {@code o'clock} are one token each; quotes around a word and
 *       an apostrophe at its end do not belong to it ({@code 'dogs'} gives {@code dogs}). The
 *       typographic apostrophe (U+2019) and the modifier letter (U+02BC) become {@code '}.
 *   <li>Hyphens and dashes separate: {@code well-known} gives {@code well} and {@code known}.
 *   <li>So does everything else: white space, punctuation, underscores, symbols, emoji, and the
 *       replacement character that stands for bytes that are not UTF-8.
 *   <li>Unicode: text is brought to normalisation form C, so that an accent written as a combining
 *       mark makes no difference; a mark without a letter before it separates. Soft hyphens, byte
 *       order marks, joiners and non-joiners, and what selects the look of an emoji are taken out.
 * </ul>
 *
 * <p>Case is kept; {@link #fold} takes it away. Thread-safe.
 */
public final class WordTokens {
  private static final String LETTERS = "[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N}]*";
  private static final Pattern WORD = Pattern.compile(LETTERS + "(?:'" + LETTERS + ")*");
  private static final Pattern APOSTROPHE = Pattern.compile("[\u2019\u02BC]");
  private static final Pattern INVISIBLE =
      Pattern.compile("[\u00AD\u200C\u200D\u20E3\uFE0E\uFE0F\uFEFF]");
  private static final Pattern CLITIC =
      Pattern.compile("'(?:s|m|d|ll|re|ve)$", Pattern.CASE_INSENSITIVE);

  private WordTokens() {}

  /** The word tokens of a text in their order, case kept. */
  public static List<String> of(String text) {
    return WORD.matcher(normalise(text)).results().map(MatchResult::group).toList();
  }

  /**
   * The word tokens of a text that may go on, as far as no continuation changes them: without the
   * last one if letters could still be joined to it, at once or by an apostrophe.
   */
  public static List<String> settled(String beginning) {
    String text = normalise(beginning);
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(text);
    while (matcher.find() && !text.substring(matcher.end()).matches("'?")) {
      words.add(matcher.group());
    }
    return words;
  }

  /** Unicode form C, one apostrophe, nothing invisible. */
  public static String normalise(String text) {
    String visible = INVISIBLE.matcher(text).replaceAll("");
    String apostrophes = APOSTROPHE.matcher(visible).replaceAll("'");
    return Normalizer.normalize(apostrophes, Normalizer.Form.NFC);
  }

  /**
   * The token without differences of case, whatever the default locale: both ways, so that {@code
   * STRASSE} equals {@code straße}.
   */
  public static String fold(String token) {
    return token.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  /**
   * The token without a contracted verb or possessive at its end ({@code 's 'm 'd 'll 're 've}), so
   * that {@code he's} is an occurrence of {@code he}; {@code n't} stays, since {@code don't} is
   * none of {@code don}. The token itself where there is nothing to take off.
   */
  public static String withoutClitic(String token) {
    return token.indexOf('\'') < 0 ? token : CLITIC.matcher(token).replaceFirst("");
  }
}
