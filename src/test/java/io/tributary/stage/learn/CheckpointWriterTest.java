package io.tributary.stage.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.protocol.LearnerEvent;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.training.TinyWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
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
}
