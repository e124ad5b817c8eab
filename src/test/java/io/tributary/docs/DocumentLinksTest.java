package io.tributary.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Links between the pages of the documentation, and the files that they name. */
class DocumentLinksTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern PATH =
      Pattern.compile("`((?:conf|dashboards|docs|scripts|src|test-data)/[\\w./-]+)`");

  private static final Path CODE = Path.of("src/main/java/io/tributary");

  /** Of files that are named like a key, as metrics.jsonl. */
  private static final Set<String> FILE_ENDINGS = Set.of("conf", "json", "jsonl", "log", "md");

  static List<Page> pages() throws IOException {
    List<Page> pages = new ArrayList<>(Page.all());
    pages.add(Page.read(Path.of("CHANGELOG.md")));
    pages.add(Page.read(Path.of("dashboards/metrics.md")));
    return pages;
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyLinkLeadsToAFileAndAHeadingThatAreThere(Page page) throws IOException {
    Path folder = page.file().toAbsolutePath().getParent();
    for (String line : page.prose()) {
      Matcher link = LINK.matcher(line);
      while (link.find()) {
        if (link.group(1).contains(":")) {
          continue; // elsewhere in the world
        }
        String[] parts = link.group(1).split("#", 2);
        Path file = parts[0].isEmpty() ? page.file() : folder.resolve(parts[0]);
        assertThat(file).as("link of %s to %s", page, link.group(1)).exists();
        if (parts.length == 2) {
          assertThat(anchors(file)).as("headings that %s links to", page).contains(parts[1]);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyFileThatIsNamedIsThere(Page page) {
    for (String line : page.prose()) {
      Matcher path = PATH.matcher(line);
      while (path.find()) {
        boolean toBeWritten = path.group(1).equals("conf/city.conf");
        assertThat(toBeWritten || Files.exists(Path.of(path.group(1))))
            .as("%s, which %s names", path.group(1), page)
            .isTrue();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyConfigurationKeyThatIsNamedIsDocumented(Page page) throws IOException {
    String reference = Files.readString(Path.of("src/main/resources/reference.conf"));
    String sections =
        Pattern.compile("(?m)^  ([a-z-]+) \\{")
            .matcher(reference)
            .results()
            .map(section -> section.group(1))
            .collect(Collectors.joining("|"));
    Pattern key = Pattern.compile("`(?:%s)\\.(?:[a-z-]+\\.)*([a-z-]+)`".formatted(sections));
    for (String line : page.prose()) {
      Matcher named = key.matcher(line);
      while (named.find()) {
        if (!FILE_ENDINGS.contains(named.group(1))) {
          assertThat(reference)
              .as("%s, which %s names", named.group(), page)
              .containsPattern("\\b" + named.group(1) + "\\b");
        }
      }
    }
  }

  @Test
  void theRoomsAndClassesOfTheArchitectureAreThere() throws IOException {
    String text = Files.readString(Path.of("docs/architecture.md"));
    try (Stream<Path> rooms = Files.list(CODE)) {
      assertThat(text.lines().map(Pattern.compile("\\| `([a-z]+)` \\|.*")::matcher))
          .filteredOn(Matcher::matches)
          .extracting(row -> row.group(1))
          .containsExactlyInAnyOrderElementsOf(
              rooms
                  .filter(Files::isDirectory)
                  .map(room -> String.valueOf(room.getFileName()))
                  .toList());
    }
    List<String> code;
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      code = files.map(Path::toString).filter(file -> file.endsWith(".java")).toList();
    }
    Matcher type = Pattern.compile("`((?:[a-z]+/)*[A-Z]\\w+)(?:\\.of)?`").matcher(text);
    while (type.find()) {
      String file = "/" + type.group(1) + ".java";
      assertThat(
              type.group(1).equals("Action") || code.stream().anyMatch(path -> path.endsWith(file)))
          .as(type.group(1))
          .isTrue();
    }
  }

  /** The headings of a page as GitHub makes them to anchors. */
  private static List<String> anchors(Path file) {
    return Page.read(file).prose().stream()
        .filter(line -> line.matches("#{1,6} .*"))
        .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
        .map(line -> line.replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-'))
        .toList();
  }
}
