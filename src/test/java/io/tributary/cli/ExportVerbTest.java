package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tributary.config.ProposalConfig.Criterion;
import io.tributary.data.Fingerprint;
import io.tributary.data.TensorBytes;
import io.tributary.model.ModelDirectory;
import io.tributary.objective.KlPenalty;
import io.tributary.objective.estimate.ControlFit;
import io.tributary.objective.estimate.ReplacementWindow;
import io.tributary.objective.estimate.RunningMean;
import io.tributary.objective.estimate.WeightTails;
import io.tributary.stage.learn.checkpoint.Checkpoint;
import io.tributary.stage.learn.checkpoint.CheckpointStore;
import io.tributary.stage.learn.checkpoint.LearnerState;
import io.tributary.stage.learn.checkpoint.LearnerState.PendingWork;
import io.tributary.stage.learn.checkpoint.Retention;
import io.tributary.stage.learn.checkpoint.RunIdentity;
import io.tributary.testing.Cli;
import io.tributary.testing.SmallDisk;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.SmallModel;
import io.tributary.testing.training.PartitionFunctions;
import io.tributary.testing.training.ReplacementWindows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(TorchExtension.class)
class ExportVerbTest {
  @TempDir Path directory;
  private Path base;
  private Path policy;
  private Path checkpoint;
  private Path to;

  @BeforeEach
  void writeACheckpoint() throws IOException {
    base = SmallModel.write(directory.resolve("base"), 1);
    policy = SmallModel.write(directory.resolve("policy"), 2);
    Path run = Files.createDirectories(directory.resolve("runs/some"));
    Files.writeString(
        run.resolve("effective.conf"), "tributary.model.base = \"%s\"\n".formatted(base));
    ModelDirectory opened = ModelDirectory.open(policy);
    List<TensorBytes> weights = opened.weights();
    String fingerprint = Fingerprint.of(ModelDirectory.open(base).weights());
    LearnerState state =
        new LearnerState(
            5,
            50,
            7,
            5,
            0,
            1,
            1,
            0,
            PartitionFunctions.running().state(),
            RunningMean.create().state(),
            ReplacementWindow.create(ReplacementWindows.config(Criterion.KL, 0), 1).state(),
            WeightTails.create().state(),
            ControlFit.State.EMPTY,
            null,
            Map.of(),
            new KlPenalty.State(0),
            PendingWork.NOTHING,
            null,
            null,
            null,
            new RunIdentity(Map.of("model.base", "weights " + fingerprint)));
    new CheckpointStore(run.resolve("checkpoints"), new Retention(1, 0, 0))
        .write(new Checkpoint(opened.config(), state, weights, weights, List.of(), List.of()));
    checkpoint = run.resolve("checkpoints/step-00000005");
    to = directory.resolve("exported");
  }

  @Test
  void thePolicyWithTheShapeAndTokenizerOfTheBaseModelIsWritten() throws IOException {
    Cli cli = export();

    assertThat(cli.err()).isEmpty();
    assertThat(cli.out()).isEmpty();
    assertThat(cli.exitCode()).isZero();
    for (String part : new String[] {"config.json", "model.safetensors", "tokenizer.json"}) {
      assertThat(to.resolve(part)).hasSameBinaryContentAs(policy.resolve(part));
    }
  }

  @Test
  void halfPrecisionTakesHalfTheRoom() throws IOException {
    assertThat(export("--dtype", "f16").exitCode()).isZero();

    assertThat(Files.size(to.resolve("model.safetensors")))
        .isLessThan(Files.size(policy.resolve("model.safetensors")) * 3 / 4);
    assertThat(ModelDirectory.open(to).weights()).isNotEmpty();
    assertThat(export("--dtype", "bf16").err()).contains("f16", "f32");
  }

  @Test
  void aFullDiskIsRefusedAndLeftAsItIs() throws Exception {
    Files.createDirectory(to);
    try (SmallDisk disk = SmallDisk.mountedAt(to, 64 << 10)) {
      assumeTrue(disk.isMounted(), "mounting takes privileges");
      Cli cli = export();

      assertThat(cli.exitCode()).isEqualTo(2);
      assertThat(cli.err()).contains("--to", "bytes left, the model takes").hasLineCount(1);
      assertThat(to).isEmptyDirectory();
    }
  }

  @Test
  void nothingIsOverwritten() throws IOException {
    Files.createDirectory(to);
    Path mine = Files.writeString(to.resolve("mine.txt"), "mine");

    Cli cli = export();

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).contains("is not overwritten").hasLineCount(1);
    try (Stream<Path> entries = Files.list(to)) {
      assertThat(entries).containsExactly(mine);
    }
  }

  @Test
  void aFileIsNoPlaceForAModel() throws IOException {
    Files.writeString(to, "mine");

    Cli itself = export();
    assertThat(itself.exitCode()).isEqualTo(2);
    assertThat(itself.err()).contains(to + " exists and is not overwritten").hasLineCount(1);

    Path below = to.resolve("model");
    Cli inIt = Cli.run("export", "--checkpoint", checkpoint.toString(), "--to", below.toString());
    assertThat(inIt.exitCode()).isEqualTo(2);
    assertThat(inIt.err()).contains("--to = " + below + " can't be written").hasLineCount(1);
    assertThat(to).hasContent("mine");
  }

  @Test
  void aBaseModelThatMovedIsNamed() throws IOException {
    Path moved = Files.move(base, directory.resolve("moved"));

    Cli lost = export();
    assertThat(lost.exitCode()).isEqualTo(2);
    assertThat(lost.err()).contains("--model names it", base.toString()).hasLineCount(1);
    assertThat(to).doesNotExist();
    assertThat(export("--model", moved.toString()).exitCode()).isZero();
  }

  @Test
  void aCheckpointOfAnotherModelOrADamagedOneIsRefused() throws IOException {
    Cli other = export("--model", policy.toString());
    assertThat(other.exitCode()).isEqualTo(2);
    assertThat(other.err()).contains("another base model").hasLineCount(1);

    Files.writeString(checkpoint.resolve("policy.safetensors"), "cut");
    Cli damaged = export();
    assertThat(damaged.exitCode()).isEqualTo(2);
    assertThat(damaged.err()).contains("policy.safetensors").hasLineCount(1);
    assertThat(to).doesNotExist();

    Cli none = Cli.run("export", "--checkpoint", directory + "/no", "--to", to.toString());
    assertThat(none.exitCode()).isEqualTo(2);
    assertThat(none.err()).contains("is not a directory");
  }

  private Cli export(String... options) {
    return Cli.run(
        Stream.concat(
                Stream.of("export", "--checkpoint", checkpoint.toString(), "--to", to.toString()),
                Stream.of(options))
            .toArray(String[]::new));
  }
}
