package io.tributary.tools.pretrain;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sentences of a novel: paragraphs are joined over line breaks and headings are skipped. */
final class Prose {
  /** The end of a sentence, with closing quotes, before white space and the start of the next. */
  private static final Pattern BOUNDARY = Pattern.compile("[.!?][\"')]*\\s+(?=[\"'(]*[A-Z])");

  private static final Pattern ABBREVIATION =
      Pattern.compile(
          "(^|[\\s\"'(])(Mr|Mrs|Messrs|Dr|St|Rev|Esq|Col|Capt|Gen|Lieut|[A-Z])\\.\\s+$");

  private static final Pattern NUMBERED_HEADING =
      Pattern.compile("(?i)(chapter|volume|book|part)\\s+([ivxlc]+|\\d+)\\.?(\\s.*)?");

  private Prose() {}

  /** The sentences of all paragraphs, in their order; empty lines separate paragraphs. */
  static List<String> sentences(List<String> lines) {
    List<String> sentences = new ArrayList<>();
    List<String> paragraph = new ArrayList<>();
    for (String line : lines) {
      if (line.isBlank()) {
        addSentences(paragraph, sentences);
        paragraph.clear();
      } else {
        paragraph.add(line.strip());
      }
    }
    addSentences(paragraph, sentences);
    return sentences;
  }

  private static void addSentences(List<String> paragraph, List<String> sentences) {
    String text = Corpus.plain(String.join(" ", paragraph).replace("_", ""));
    if (text.isEmpty() || isHeading(text, paragraph.size())) {
      return;
    }
    Matcher boundary = BOUNDARY.matcher(text);
    int start = 0;
    while (boundary.find()) {
      if (!ABBREVIATION.matcher(text.substring(start, boundary.end())).find()) {
        sentences.add(balanced(text.substring(start, boundary.end()).strip()));
        start = boundary.end();
      }
    }
    sentences.add(balanced(text.substring(start)));
  }

  private static boolean isHeading(String text, int lines) {
    boolean shouted = text.chars().noneMatch(Character::isLowerCase);
    boolean unfinished = lines == 1 && Character.isLetterOrDigit(text.charAt(text.length() - 1));
    return shouted || unfinished || NUMBERED_HEADING.matcher(text).matches();
  }

  /**
   * A sentence out of a longer speech has only one of the speech's two quotation marks: drops it.
   */
  private static String balanced(String sentence) {
    boolean odd = sentence.chars().filter(c -> c == '"').count() % 2 == 1;
    return odd ? sentence.replace("\"", "") : sentence;
  }
}
