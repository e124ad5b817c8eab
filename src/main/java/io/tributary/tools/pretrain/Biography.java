package io.tributary.tools.pretrain;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A person of a biographies file.
 *
 * @param name the person's name
 * @param topics what the person is known for (arts, science, sports, ...)
 * @param gloss a phrase that says who the person is, without a full stop
 * @param pronoun how the text may speak of the person
 */
record Biography(String name, Set<String> topics, String gloss, Pronoun pronoun) {

  enum Pronoun {
    SHE("She", "Her"),
    HE("He", "His"),
    /** Nothing decides between the two. */
    NONE("", "");

    private final String subject;
    private final String possessive;

    Pronoun(String subject, String possessive) {
      this.subject = subject;
      this.possessive = possessive;
    }
  }

  /** " (1867-1934)", " (circa 384-322 BC)", " (born in 1934)", " (died in 681 BC)" at the end. */
  private static final Pattern YEARS =
      Pattern.compile(
          " \\((?:(?<event>born|died)(?: in)? (?<year>[^()]*\\d[^()]*)"
              + "|(?<from>[^()]*\\d[^()]*)-(?<to>[^()]*\\d[^()]*))\\)$");

  /** The clause that says what the person did; not "who in 1926 was", which makes no sentence. */
  private static final Pattern CLAUSE =
      Pattern.compile(
          "[,;]? (?<opening>who|whose|"
              + "(?:best |well |chiefly |widely |especially |also |most |highly )*"
              + "(?:noted|known|remembered|famous|renowned|famed|regarded|considered)) (?!in \\d)");

  Biography {
    topics = Set.copyOf(topics);
  }

  /**
   * Reads a line of three or four columns separated by tabs: name, topics (separated by commas),
   * gloss, and pronoun (she, he or empty).
   *
   * @throws IllegalArgumentException if the line is not of this form
   */
  static Biography parse(String line) {
    String[] columns = line.split("\t", -1);
    if (columns.length < 3 || columns.length > 4) {
      throw new IllegalArgumentException(
          "expected name, topics, gloss and perhaps a pronoun, separated by tabs, got %d columns"
              .formatted(columns.length));
    }
    Set<String> topics =
        Arrays.stream(columns[1].split(",")).map(String::strip).collect(Collectors.toSet());
    Pronoun pronoun = columns.length == 3 ? Pronoun.NONE : pronoun(columns[3]);
    return new Biography(Corpus.plain(columns[0]), topics, Corpus.plain(columns[2]), pronoun);
  }

  private static Pronoun pronoun(String column) {
    return switch (column.strip().toLowerCase(Locale.ROOT)) {
      case "she" -> Pronoun.SHE;
      case "he" -> Pronoun.HE;
      case "" -> Pronoun.NONE;
      default ->
          throw new IllegalArgumentException(
              "the pronoun must be she, he or empty, got '%s'".formatted(column));
    };
  }

  /**
   * The person as one line of text. Where a pronoun is known, the gloss's years and its clause of
   * what the person did or is known for become sentences with it: "Marie Curie: French chemist who
   * won two Nobel prizes (1867-1934)." is written "Marie Curie: French chemist. She won two Nobel
   * prizes. She lived from 1867 to 1934." Nothing is said that the gloss does not say.
   */
  String text() {
    if (pronoun == Pronoun.NONE) {
      return "%s: %s.".formatted(name, gloss);
    }
    Matcher years = YEARS.matcher(gloss);
    return years.find()
        ? "%s: %s. %s".formatted(name, facts(gloss.substring(0, years.start())), life(years))
        : "%s: %s.".formatted(name, facts(gloss));
  }

  private String life(Matcher years) {
    String event = years.group("event");
    if (event == null) {
      return "%s lived from %s to %s."
          .formatted(pronoun.subject, years.group("from"), years.group("to"));
    }
    String verb = event.equals("born") ? "was born" : "died";
    return "%s %s in %s.".formatted(pronoun.subject, verb, years.group("year"));
  }

  private String facts(String phrase) {
    Matcher clause = CLAUSE.matcher(phrase);
    if (!clause.find() || isInParentheses(phrase, clause.start())) {
      return phrase;
    }
    String opening =
        switch (clause.group("opening")) {
          case "who" -> pronoun.subject;
          case "whose" -> pronoun.possessive;
          default -> pronoun.subject + " was " + clause.group("opening");
        };
    String rest = phrase.substring(clause.end()).replace(" and who ", " and ");
    return "%s. %s %s".formatted(phrase.substring(0, clause.start()), opening, rest);
  }

  private static boolean isInParentheses(String phrase, int position) {
    return phrase.lastIndexOf('(', position) > phrase.lastIndexOf(')', position);
  }
}
