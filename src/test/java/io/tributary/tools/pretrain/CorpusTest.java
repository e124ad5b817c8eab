package io.tributary.tools.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.config.PretrainConfig;
import io.tributary.config.PretrainConfig.Format;
import io.tributary.data.BadInputException;
import io.tributary.tools.pretrain.Corpus.Document;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusTest {
  @TempDir Path directory;

  @Test
  void quotationMarksBecomePlain() {
    assertThat(Corpus.plain("``So'' he said `in days of old' \u201chere\u201d \u2018there\u2019"))
        .isEqualTo("\"So\" he said 'in days of old' \"here\" 'there'");
  }

  @Test
  void runsOfWhiteSpaceBecomeOneSpace() {
    assertThat(Corpus.plain("  two \t words\n")).isEqualTo("two words");
  }

  @Test
  void eachLineIsADocumentAndEmptyOnesAreSkipped() throws IOException {
    assertThat(read("object: a `tangible' entity.\n\nwhole:  a unit.\n", Format.LINES, 2))
        .containsExactly(
            new Document("object: a 'tangible' entity.", 2), new Document("whole: a unit.", 2));
  }

  @Test
  void sentencesOfProseAreDocuments() throws IOException {
    assertThat(read("CHAPTER I\n\nIt rained. It\nstopped.\n", Format.PROSE, 1))
        .containsExactly(new Document("It rained.", 1), new Document("It stopped.", 1));
  }

  @Test
  void biographiesOfWomenAndOfRareTopicsAreRepeated() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("b.tsv"),
            """
            A\tarts\tpoet\the
            B\tarts\tactress\tshe
            C\tsports,arts\tswimmer\tshe
            """);
    assertThat(
            Corpus.read(
                List.of(
                    new PretrainConfig.Corpus(
                        file,
                        Format.BIOGRAPHIES,
                        2,
                        3,
                        List.of(new PretrainConfig.TopicRepeat("sports", 4))))))
        .extracting(Document::repeat)
        .containsExactly(2, 6, 24);
  }

  @Test
  void aCompressedFileIsReadLikeAPlainOne() throws IOException {
    Path file = directory.resolve("a.txt.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("caf\u00e9: a place.\n".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(Corpus.read(List.of(corpus(file, Format.LINES, 1))))
        .containsExactly(new Document("caf\u00e9: a place.", 1));
  }

  @Test
  void aFileThatCannotBeReadIsNamed() throws IOException {
    Path missing = directory.resolve("missing.txt");
    assertRefused(missing, Format.LINES, "missing.txt: there is no such file");
    Path latin1 = Files.write(directory.resolve("l.txt"), new byte[] {'c', 'a', 'f', (byte) 0xe9});
    assertRefused(latin1, Format.LINES, "l.txt: not UTF-8 text");
    Path plain = Files.writeString(directory.resolve("p.gz"), "not compressed");
    assertRefused(plain, Format.LINES, "p.gz: can't be read");
    Path empty = Files.writeString(directory.resolve("e.txt"), "\n\n");
    assertRefused(empty, Format.LINES, "e.txt: it has no text");
    Path biographies = Files.writeString(directory.resolve("b.tsv"), "A\tarts\tpoet\nB: a poet\n");
    assertRefused(biographies, Format.BIOGRAPHIES, "b.tsv, line 2: expected name, topics, gloss");
  }

  private void assertRefused(Path file, Format format, String message) {
    assertThatThrownBy(() -> Corpus.read(List.of(corpus(file, format, 1))))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
  }

  private List<Document> read(String text, Format format, int repeat) throws IOException {
    Path file = Files.writeString(directory.resolve("text.txt"), text);
    return Corpus.read(List.of(corpus(file, format, repeat)));
  }

  private static PretrainConfig.Corpus corpus(Path file, Format format, int repeat) {
    return new PretrainConfig.Corpus(file, format, repeat, 1, List.of());
  }
}
