package io.tributary.io;

import io.tributary.data.BadInputException;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** A UTF-8 text file, plain or compressed: a name that ends in {@code .gz} is read through gzip. */
public record TextFile(Path path) {

  /**
   * All lines, without their ends.
   *
   * @throws BadInputException if the file is missing, unreadable, or not UTF-8
   */
  public List<String> lines() {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(open(), StandardCharsets.UTF_8.newDecoder()))) {
      List<String> lines = new ArrayList<>();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
      }
      return lines;
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  /** The whole text. */
  public String text() {
    return String.join("\n", lines());
  }

  private InputStream open() throws IOException {
    InputStream bytes = new BufferedInputStream(Files.newInputStream(path));
    if (!path.toString().endsWith(".gz")) {
      return bytes;
    }
    try {
      return new GZIPInputStream(bytes);
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }

  private BadInputException unusable(IOException e) {
    if (e instanceof NoSuchFileException) {
      return new BadInputException("%s: there is no such file".formatted(path), e);
    }
    if (e instanceof CharacterCodingException) {
      return new BadInputException("%s: not UTF-8 text".formatted(path), e);
    }
    return new BadInputException("%s: can't be read: %s".formatted(path, e.getMessage()), e);
  }
}
