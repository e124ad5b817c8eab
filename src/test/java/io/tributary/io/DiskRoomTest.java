package io.tributary.io;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.data.BadInputException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskRoomTest {
  @TempDir private Path directory;

  @Test
  void aDirectoryThatIsStillToBeMadeIsAskedForByTheDiskThatItWillBeOn() throws IOException {
    Path later = directory.resolve("not/there/yet");
    DiskRoom.require("--to", later, "the model", 1);
    assertThatThrownBy(() -> DiskRoom.require("--to", later, "the model", Long.MAX_VALUE))
        .isInstanceOf(BadInputException.class)
        .hasMessageContainingAll("--to: the disk of " + later, "bytes left, the model takes 9,223");
  }
}
