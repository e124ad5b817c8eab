package io.tributary.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.testing.Slow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesTest {
  private static final String FIRST = "{\"step\":1,\"text\":\"caf\u00e9 \u4f60\u597d\"}";
  private static final String SECOND = "{\"step\":2,\"text\":\"na\u00efve\"}";
  @TempDir Path directory;
  private Path file;
  private JsonLines lines;

  @BeforeEach
  void makeAFile() {
    file = directory.resolve("metrics.jsonl");
    lines = new JsonLines(file);
  }

  @Test
  void rowsAreReadAsTheyWereAdded() throws IOException {
    assertThat(lines.rows()).isEmpty();
    assertThat(lines.hasRows()).isFalse();
    lines.add(FIRST);
    lines.add(SECOND);
    assertThat(file).content().isEqualTo(FIRST + "\n" + SECOND + "\n");
    assertThat(lines.hasRows()).isTrue();
    assertThat(lines.rows()).extracting(row -> row.get("step").getAsInt()).containsExactly(1, 2);
  }

  @Test
  void rowsOfLaterStepsAreCutOffAndTheOthersStayAsTheyWere() throws IOException {
    lines.cutAfter(3);
    assertThat(file).doesNotExist();
    lines.add(FIRST);
    lines.add(FIRST);
    lines.add(SECOND);
    lines.add(SECOND);
    lines.cutAfter(2);
    assertThat(lines.rows()).hasSize(4);
    lines.cutAfter(1);
    assertThat(file).content().isEqualTo(FIRST + "\n" + FIRST + "\n");
    lines.cutAfter(-1);
    assertThat(file).isEmptyFile();
  }

  @Test
  void longRowsAreCutOffAsWell() throws IOException {
    String longer = "{\"step\":1,\"text\":\"" + "x".repeat(50_000) + "\"}";
    lines.add(longer);
    lines.add(longer.replace("1", "2"));
    lines.cutAfter(1);
    assertThat(file).content().isEqualTo(longer + "\n");
  }

  @Test
  void whatACutLeavesOutlivesTheMachine() throws Exception {
    lines.add(FIRST);
    lines.add(SECOND);
    List<RecordedEvent> flushes = recorded("jdk.FileForce", () -> cutAfter(1));
    assertThat(flushes)
        .extracting(event -> event.getString("path"))
        .filteredOn(path -> path.startsWith(directory.toString()))
        .containsExactly(file.toString());
  }

  private Void cutAfter(long step) throws IOException {
    lines.cutAfter(step);
    return null;
  }

  /** What the virtual machine has recorded of files meanwhile. */
  private List<RecordedEvent> recorded(String event, Callable<?> work) throws Exception {
    Path recorded = directory.resolve("recorded.jfr");
    try (Recording recording = new Recording()) {
      recording.enable(event).withThreshold(Duration.ZERO);
      recording.start();
      work.call();
      recording.stop();
      recording.dump(recorded);
    }
    return RecordingFile.readAllEvents(recorded);
  }

  @Slow
  @Test
  void ofALongFileNoMoreIsReadThanIsGoneThrough() throws Exception {
    Files.writeString(file, (FIRST + "\n").repeat(50_000) + (SECOND + "\n").repeat(3));
    assertThat(bytesRead(() -> lines.hasRows())).isBetween(1L, 1L << 16);
    assertThat(bytesRead(() -> cutAfter(1))).isBetween(1L, 1L << 16);
    assertThat(lines.rows()).hasSize(50_000);
  }

  private long bytesRead(Callable<?> work) throws Exception {
    return recorded("jdk.FileRead", work).stream()
        .filter(event -> file.toString().equals(event.getString("path")))
        .mapToLong(event -> event.getLong("bytesRead"))
        .sum();
  }

  @Test
  void whetherThereIsARowIsToldByTheFirst() throws IOException {
    Files.write(file, new byte[] {'{', '\n', (byte) 0xc3, '\n'});
    assertThat(lines.hasRows()).isFalse();
    Files.writeString(file, FIRST + "\n{\n" + SECOND + "\n");
    assertThat(lines.hasRows()).isTrue();
    try (var rows = lines.rows()) {
      assertThat(rows.iterator().next().get("step").getAsInt()).isEqualTo(1);
    }
  }

  @Test
  void aLineThatAKillCutOffAnywhereIsNoRow() throws IOException {
    byte[] second = SECOND.getBytes(StandardCharsets.UTF_8);
    for (int length = 0; length < second.length; length++) {
      byte[] torn = Arrays.copyOf(second, length);
      Files.writeString(file, FIRST + "\n");
      Files.write(file, torn, java.nio.file.StandardOpenOption.APPEND);
      assertThat(lines.rows()).as("cut off after %d bytes", length).hasSize(1);
      lines.cutAfter(9);
      assertThat(file).content().isEqualTo(FIRST + "\n");
    }
    Files.writeString(file, FIRST + "\n" + SECOND);
    lines.cutAfter(9);
    lines.add(SECOND);
    assertThat(file).content().isEqualTo(FIRST + "\n" + SECOND + "\n" + SECOND + "\n");
  }

  @Test
  void whatAFullDiskLeftOfALineStandsAlone() throws IOException {
    lines.add(FIRST);
    Path elsewhere = directory.resolve("elsewhere");
    Files.move(file, elsewhere);
    Files.createDirectory(file);
    assertThatThrownBy(() -> lines.add(SECOND)).isInstanceOf(IOException.class);
    Files.delete(file);
    Files.move(elsewhere, file);
    Files.writeString(file, "{\"step\":2,", java.nio.file.StandardOpenOption.APPEND);
    lines.add(SECOND);
    assertThat(lines.rows()).extracting(row -> row.get("step").getAsInt()).containsExactly(1, 2);
  }
}
