package io.tributary.run.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.run.KillSoak;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A few kills; {@code scripts/soak-kills} makes many. */
@ExtendWith(TorchExtension.class)
@Slow
class KilledRunTest {
  @TempDir Path directory;

  @Test
  void aRunThatIsKilledAgainAndAgainLosesNothing() throws Exception {
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(told, true, StandardCharsets.UTF_8);
    assertThat(new KillSoak(directory, false, 3, out).run(3)).isEmpty();
    assertThat(told.toString(StandardCharsets.UTF_8))
        .hasLineCount(4)
        .contains("went on from step", "3 kills", "nothing was found");
  }
}
