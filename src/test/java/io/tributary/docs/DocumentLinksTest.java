package io.tributary.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Links between the pages of the documentation, and the files that they name. */
class DocumentLinksTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern PATH =
      Pattern.compile("`((?:conf|dashboards|docs|scripts|src|test-data)/[\\w./-]+)`");

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
        boolean toBeWritten = path.group(1).equals("conf/rain.conf");
        assertThat(toBeWritten || Files.exists(Path.of(path.group(1))))
            .as("%s, which %s names", path.group(1), page)
            .isTrue();
      }
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
