package io.tributary.tools.classifiertraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.data.BadInputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelledTextsTest {
  @TempDir Path directory;

  @Test
  void theLastTwoColumnsAreLabelAndText() throws IOException {
    LabelledTexts data = read("shop\t1\tGood. \n\nfilm\tx\t0\tBad!\nshop\t1\tGood. \n1\tGood.\n");
    assertThat(data.labels()).containsExactly("0", "1");
    assertThat(data.texts()).containsExactly("Good. ", "Bad!", "Good.");
    assertThat(data.labelled()).containsExactly(1, 0, 1);
    assertThat(data.repeated()).isEqualTo(1);
    assertThat(data.counts().values()).containsExactly(1, 2);
  }

  @Test
  void labelsMayGetOtherNames() throws IOException {
    Path file = write("0\tBad!\n1\tGood.\n2\tSo so.\n");
    LabelledTexts data = LabelledTexts.read(file, Map.of("0", "negative", "1", "positive"));
    assertThat(data.labels()).containsExactly("negative", "positive", "2");
    assertThatThrownBy(() -> LabelledTexts.read(file, Map.of("3", "mixed")))
        .isInstanceOf(BadInputException.class)
        .hasMessage(file + ": has no label \"3\" to rename to \"mixed\": its labels are 0, 1, 2");
    assertThatThrownBy(() -> LabelledTexts.read(file, Map.of("0", "1")))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            file + ": its labels would be 1, 1, 2; expected different names for all of them");
  }

  @Test
  void aCompressedFileIsReadAsItIs() throws IOException {
    Path file = directory.resolve("texts.tsv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("0\tBad!\n1\tGöod.\n".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(LabelledTexts.read(file, Map.of()).texts()).containsExactly("Bad!", "Göod.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0;a/b           | :2: expected columns separated by tabs | got 1 columns",
        "0;a/1;          | :2: expected columns separated by tabs | got 2 columns",
        "0;a/ ;b         | :2: expected columns separated by tabs | got 2 columns",
        "0;a/0;b         | : has the labels [0]; expected at least two different ones | ",
      })
  void aFileOfAnotherShapeIsRefused(String text, String where, String got) throws IOException {
    Path file = write(text.replace(';', '\t').replace('/', '\n'));
    assertThatThrownBy(() -> LabelledTexts.read(file, Map.of()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(file + where)
        .hasMessageContaining(got == null ? "" : got);
  }

  private LabelledTexts read(String text) throws IOException {
    return LabelledTexts.read(write(text), Map.of());
  }

  private Path write(String text) throws IOException {
    return Files.writeString(directory.resolve("texts.tsv"), text);
  }
}
