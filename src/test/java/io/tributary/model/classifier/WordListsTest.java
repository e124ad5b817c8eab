package io.tributary.model.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.data.BadInputException;
import io.tributary.testing.model.ToyTexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordListsTest {
  @TempDir Path directory;

  @Test
  void occurrencesAreCountedWhateverTheirCase() throws IOException {
    assertCounts("Lovely! A lovely, GREAT day.", log1p(3), 0);
    assertCounts("Nothing of the kind happened at all.", 0, 0);
    assertCounts("", 0, 0);
  }

  @Test
  void thoseBehindANegationCountOnceMore() throws IOException {
    assertCounts("not lovely", log1p(1), log1p(1));
    assertCounts("It isn\u2019t a very lovely day, great.", log1p(2), log1p(1));
    assertCounts("lovely, not bad", log1p(1), 0);
    assertCounts("NEVER one two three lovely", log1p(1), 0);
    assertCounts("no, not great", log1p(1), log1p(1));
  }

  @Test
  void commentsAndWhatIsNoSingleWordAreSkipped() throws IOException {
    assertCounts("well made, and kind words", 0, 0);
  }

  @Test
  void everyListHasNumbersOfItsOwn() throws IOException {
    Path other = Files.writeString(directory.resolve("other.txt"), "day\n");
    WordLists lists = WordLists.read(List.of(ToyTexts.writeWords(directory), other));
    assertThat(lists.size()).isEqualTo(4);
    assertThat(lists.counts("no great day"))
        .containsExactly(log1p(1), log1p(1), log1p(1), log1p(1));
    assertThat(WordLists.read(List.of()).counts("no great day")).isEmpty();
  }

  @Test
  void aFileWithoutAWordOrThatCanNotBeReadIsNamed() throws IOException {
    Path empty = Files.writeString(directory.resolve("empty.txt"), "# none\n\n");
    Path binary = Files.write(directory.resolve("binary.txt"), new byte[] {(byte) 0xff, 0});
    for (Path file : List.of(empty, binary, directory.resolve("no.txt"))) {
      assertThatThrownBy(() -> WordLists.read(List.of(file)))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("one word per line");
    }
  }

  private void assertCounts(String text, float plain, float negated) throws IOException {
    WordLists lists = WordLists.read(List.of(ToyTexts.writeWords(directory)));
    assertThat(lists.counts(text)).as(text).containsExactly(plain, negated);
  }

  private static float log1p(int count) {
    return (float) Math.log1p(count);
  }
}
