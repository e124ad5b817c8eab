package io.tributary.stage.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tributary.protocol.LearnerCommand.CheckpointSaved;
import io.tributary.protocol.LearnerCommand.LearnerSettings;
import io.tributary.protocol.LearnerCommand.Saved;
import io.tributary.protocol.LearnerEvent;
import io.tributary.testing.SmallDisk;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.training.TinyWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(TorchExtension.class)
class CheckpointWriterTest {
  @TempDir Path directory;
  private final Queue<Runnable> background = new ArrayDeque<>();
  private final Queue<CheckpointWriter.Ended> ends = new ArrayDeque<>();
  private final List<LearnerEvent> events = new ArrayList<>();

  @Test
  void oneIsNotBegunBeforeTheEndOfTheOtherIsHeard() throws IOException {
    try (TinyWorld world = TinyWorld.arbitrary(directory);
        TinyTraining training = new TinyTraining(world, directory, Map.of())) {
      training.bootstrap();
      var writer = new CheckpointWriter(training.run, background::add, ends::add, events::add);
      writer.write();
      assertThatThrownBy(writer::write).isInstanceOf(IllegalStateException.class);

      background.remove().run();
      assertThatThrownBy(writer::write).isInstanceOf(IllegalStateException.class);

      writer.hear(ends.remove());
      assertThat(events).singleElement().isInstanceOf(LearnerEvent.CheckpointWritten.class);
      writer.write();
      assertThat(background).hasSize(1);
    }
  }

  /** Asks for a checkpoint, as a person does, and writes it. */
  private CompletableFuture<Saved> save(CheckpointWriter writer) {
    LearnerSettings settings = new LearnerSettings(0.01, 1, 1, 1, Duration.ofDays(1), 0, 1);
    CompletableFuture<Saved> saved = new CompletableFuture<>();
    writer.save(new StepSchedule(settings, true, 100), saved);
    background.remove().run();
    writer.hear(ends.remove());
    return saved;
  }

  @Test
  void anOlderOneMakesRoomForOneThatWasAskedForWhereTheDiskIsFull() throws Exception {
    Path checkpoints = Files.createDirectory(directory.resolve("checkpoints"));
    try (SmallDisk disk = SmallDisk.mountedAt(checkpoints, 512 << 10);
        TinyWorld world = TinyWorld.arbitrary(directory);
        TinyTraining training = new TinyTraining(world, directory, Map.of())) {
      assumeTrue(disk.isMounted(), "mounting takes privileges");
      training.bootstrap();
      var writer = new CheckpointWriter(training.run, background::add, ends::add, events::add);
      assertThat(save(writer)).isCompletedWithValue(new CheckpointSaved(0));
      training.step();
      long before = checkpoints.toFile().getUsableSpace();
      assertThat(save(writer)).isCompletedWithValue(new CheckpointSaved(1));
      long free = checkpoints.toFile().getUsableSpace();
      Files.write(checkpoints.resolve("ballast"), new byte[(int) (free - (before - free) / 2)]);

      training.step();
      assertThat(save(writer)).isCompletedWithValue(new CheckpointSaved(2));
      assertThat(training.run.files().checkpoints().steps()).containsExactly(2L, 1L);

      training.step();
      writer.write(); // which nobody has asked for
      background.remove().run();
      writer.hear(ends.remove());
      assertThat(events).last().isInstanceOf(LearnerEvent.CheckpointFailed.class);
      assertThat(training.run.files().checkpoints().steps()).containsExactly(2L, 1L);
    }
  }
}
