package io.tributary.docs;

import static java.util.function.Predicate.not;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A page of the documentation, in Markdown, and its fenced blocks. */
record Page(Path file, List<String> lines, List<Block> blocks) {

  /**
   * A fenced block.
   *
   * @param line of the page, from 1, where its text begins
   * @param language what the fence says of it; empty if nothing
   */
  record Block(int line, String language, List<String> lines) {

    String text() {
      return String.join("\n", lines);
    }

    /** The commands of a block of shell, each with its continuation lines. */
    List<String> commands() {
      return text()
          .replace("\\\n", "")
          .lines()
          .map(line -> line.strip().replaceAll(" +", " "))
          .filter(not(String::isEmpty))
          .filter(line -> !line.startsWith("#"))
          .toList();
    }
  }

  /** The README, the pages under {@code docs}, and the runbook. */
  static List<Page> all() throws IOException {
    List<Path> files = new ArrayList<>();
    files.add(Path.of("README.md"));
    files.add(Path.of("dashboards/runbook.md"));
    try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
      docs.filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !file.endsWith("report.md")) // made by the verb report
          .sorted()
          .forEach(files::add);
    }
    return files.stream().map(Page::read).toList();
  }

  static Page read(Path file) {
    try {
      List<String> lines = Files.readAllLines(file);
      return new Page(file, lines, blocks(lines));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The blocks in a language, in their order. */
  List<Block> blocks(String language) {
    return blocks.stream().filter(block -> block.language().equals(language)).toList();
  }

  /** Where a block begins, for messages. */
  String place(Block block) {
    return file + ":" + block.line();
  }

  /** The lines outside of fenced blocks. */
  List<String> prose() {
    List<String> prose = new ArrayList<>();
    boolean inside = false;
    for (String line : lines) {
      if (line.startsWith("```")) {
        inside = !inside;
      } else if (!inside) {
        prose.add(line);
      }
    }
    return prose;
  }

  private static List<Block> blocks(List<String> lines) {
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("```")) {
        int begin = i + 1;
        int end = begin;
        while (!lines.get(end).equals("```")) {
          end++;
        }
        String language = lines.get(i).substring(3).strip();
        blocks.add(new Block(begin + 1, language, lines.subList(begin, end)));
        i = end;
      }
    }
    return blocks;
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
