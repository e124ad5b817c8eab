package io.tributary.tools.pretrain;

import io.tributary.config.PretrainConfig;
import io.tributary.data.BadInputException;
import io.tributary.io.TextFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads files of text into documents. */
final class Corpus {
  private Corpus() {}

  /**
   * A text to learn.
   *
   * @param text one or a few sentences
   * @param repeat how often it occurs in one pass over the data, at least once
   */
  record Document(String text, int repeat) {}

  /**
   * The documents of all files, in their order.
   *
   * @throws BadInputException if a file is missing, not UTF-8, not of its format, or without text
   */
  static List<Document> read(List<PretrainConfig.Corpus> files) {
    List<Document> documents = new ArrayList<>();
    for (PretrainConfig.Corpus file : files) {
      List<Document> ofFile = read(file);
      if (ofFile.isEmpty()) {
        throw new BadInputException("%s: it has no text".formatted(file.file()));
      }
      documents.addAll(ofFile);
    }
    return documents;
  }

  private static List<Document> read(PretrainConfig.Corpus corpus) {
    List<String> lines = new TextFile(corpus.file()).lines();
    return switch (corpus.format()) {
      case LINES -> documents(lines.stream().map(Corpus::plain).toList(), corpus.repeat());
      case PROSE -> documents(Prose.sentences(lines), corpus.repeat());
      case BIOGRAPHIES -> biographies(lines, corpus);
    };
  }

  /**
   * The text with quotation marks made of backticks and apostrophes, and typographic ones, as plain
   * ones, and runs of white space as one space.
   */
  static String plain(String text) {
    return text.replace("``", "\"")
        .replace("''", "\"")
        .replace('`', '\'')
        .replace('\u2018', '\'')
        .replace('\u2019', '\'')
        .replace('\u201c', '"')
        .replace('\u201d', '"')
        .replaceAll("\\s+", " ")
        .strip();
  }

  private static List<Document> documents(List<String> texts, int repeat) {
    return texts.stream()
        .filter(text -> !text.isEmpty())
        .map(text -> new Document(text, repeat))
        .toList();
  }

  private static List<Document> biographies(List<String> lines, PretrainConfig.Corpus corpus) {
    List<Document> documents = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        Biography biography = biography(lines.get(i), corpus.file(), i + 1);
        documents.add(new Document(biography.text(), repeat(biography, corpus)));
      }
    }
    return documents;
  }

  private static Biography biography(String line, Path file, int number) {
    try {
      return Biography.parse(line);
    } catch (IllegalArgumentException e) {
      throw new BadInputException("%s, line %d: %s".formatted(file, number, e.getMessage()), e);
    }
  }

  /** The file's repeats, times those of women, times the most that one of the topics asks for. */
  private static int repeat(Biography biography, PretrainConfig.Corpus corpus) {
    int ofTopics =
        corpus.repeatTopics().stream()
            .filter(rare -> biography.topics().contains(rare.topic()))
            .mapToInt(PretrainConfig.TopicRepeat::repeat)
            .max()
            .orElse(1);
    int ofPronoun = biography.pronoun() == Biography.Pronoun.SHE ? corpus.repeatFemale() : 1;
    return corpus.repeat() * ofPronoun * ofTopics;
  }
}
