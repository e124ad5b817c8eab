package io.tributary.config.target;

import io.tributary.config.binding.ConfigException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * A list of words in a UTF-8 file: one entry per line, of one word or several; blank lines and
 * lines that begin with # are skipped.
 */
final class WordListFile {
  private WordListFile() {}

  static List<String> read(Path file) {
    List<String> words = new ArrayList<>();
    int number = 0;
    for (String line : lines(file)) {
      number++;
      String word = line.strip();
      if (word.isEmpty() || word.startsWith("#")) {
        continue;
      }
      OptionalInt control = FeatureConfig.controlCharacter(word);
      if (control.isPresent()) {
        throw new ConfigException(
            "%s:%d: has the control character U+%04X; expected one or more words per line"
                .formatted(file, number, control.getAsInt()));
      }
      if (!FeatureConfig.isEntry(word)) {
        throw new ConfigException(
            "%s:%d: \"%s\" has no letter or digit; expected one or more words per line"
                .formatted(file, number, word));
      }
      words.add(word);
    }
    if (words.isEmpty()) {
      throw new ConfigException(file + ": has no words; expected one entry per line");
    }
    return List.copyOf(words);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (CharacterCodingException e) {
      throw new ConfigException(file + ": is not UTF-8 text; expected one entry per line", e);
    } catch (IOException e) {
      throw new ConfigException(file + ": can't be read: " + e, e);
    }
  }
}
