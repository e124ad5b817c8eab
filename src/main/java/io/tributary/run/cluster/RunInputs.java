package io.tributary.run.cluster;

import io.tributary.cluster.transfer.FileStore;
import io.tributary.cluster.transfer.Manifest;
import io.tributary.data.BadInputException;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files that a run's configuration refers to, as workers get them: input i is the file or
 * directory {@code i} in a folder of theirs.
 */
final class RunInputs {
  private RunInputs() {}

  /**
   * Offers all inputs in a store.
   *
   * @throws BadInputException if one can't be read
   */
  static List<Manifest> offer(List<Path> inputs, FileStore store) {
    List<Manifest> files = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      Path input = inputs.get(i);
      try {
        if (Files.isDirectory(input)) {
          for (Path file : filesOf(input)) {
            files.add(store.offer(i + "/" + input.relativize(file), file));
          }
        } else {
          files.add(store.offer(Integer.toString(i), input));
        }
      } catch (IOException e) {
        throw new BadInputException("%s can't be offered to workers: %s".formatted(input, e), e);
      }
    }
    return files;
  }

  private static List<Path> filesOf(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
