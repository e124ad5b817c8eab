package io.tributary.stage.learn.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.config.ProposalConfig.Criterion;
import io.tributary.data.BadInputException;
import io.tributary.data.Fingerprint;
import io.tributary.data.TensorBytes;
import io.tributary.model.DecoderConfig;
import io.tributary.objective.KlPenalty;
import io.tributary.objective.estimate.BestPolicy;
import io.tributary.objective.estimate.ClippedWeights;
import io.tributary.objective.estimate.ControlFit;
import io.tributary.objective.estimate.HeldOut.Standing;
import io.tributary.objective.estimate.PartitionFunction;
import io.tributary.objective.estimate.RunningMean;
import io.tributary.objective.estimate.RunningMoments;
import io.tributary.objective.estimate.WeightTails;
import io.tributary.objective.estimate.WindowState;
import io.tributary.protocol.RunStatus;
import io.tributary.stage.learn.checkpoint.LearnerState.PendingWork;
import io.tributary.testing.SmallDisk;
import io.tributary.testing.model.Tensors;
import io.tributary.testing.model.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointStoreTest {
  private static final DecoderConfig MODEL = TinyModels.config(1, 1, 8, 4, 6, 5);
  private static final List<TensorBytes> POLICY = TinyModels.weights(MODEL, 1, 0.5);
  private static final List<TensorBytes> PROPOSAL = TinyModels.weights(MODEL, 2, 0.5);
  private static final List<TensorBytes> OPTIMIZER =
      List.of(Tensors.of("wte.weight.first", i -> i / 7.0, 2, 3));

  @TempDir Path run;
  private Path directory;
  private CheckpointStore store;
  private final List<String> skipped = new ArrayList<>();

  @BeforeEach
  void makeAStore() {
    directory = run.resolve("checkpoints");
    store = new CheckpointStore(directory, new Retention(3, 0, 0));
  }

  private static Checkpoint checkpoint(long step) {
    return checkpoint(step, List.of());
  }

  private static Checkpoint checkpoint(long step, double divergence) {
    return checkpoint(step, divergence, List.of());
  }

  private static Checkpoint checkpoint(long step, List<TensorBytes> valueHead) {
    return checkpoint(step, null, valueHead);
  }

  private static Checkpoint checkpoint(long step, Double divergence, List<TensorBytes> valueHead) {
    return checkpoint(step, divergence, valueHead, -3.5);
  }

  /** With an estimate of Z of this logarithm, 1 being the mean in its unit. */
  private static Checkpoint checkpoint(
      long step, Double divergence, List<TensorBytes> valueHead, double logZ) {
    RunningMoments moments = new RunningMoments(9, 4, 9, 9, logZ, 1, 1.0 / 3);
    return new Checkpoint(
        MODEL,
        new LearnerState(
            step,
            64 * step,
            4 * step,
            step - 1,
            1,
            7,
            5,
            3,
            new PartitionFunction.State(List.of(moments)),
            new RunningMean.State(moments),
            new WindowState(5, Criterion.KL, moments, moments, -0.25, 2, 1, moments),
            new WeightTails.State(List.of(-0.5, 1.0 / 3), List.of(0.1)),
            new ControlFit.State(-1.0 / 3, 0.1 + 0.2, 1, -2, 1e-300),
            new ClippedWeights.State(1.0 / 3, 0.1 + 0.2),
            Map.of(),
            new KlPenalty.State(0.15),
            PendingWork.NOTHING,
            new Standing(List.of(-3.5, 0.1 + 0.2), 2.25, -1.0 / 3, List.of(-2.5, 1.0 / 3)),
            new BestPolicy(
                step, new Standing(List.of(-3.25, 0.1 + 0.2), 0, 1.0 / 3, List.of(0.5, 1.5)), true),
            divergence,
            new RunIdentity(Map.of("model.base", "weights " + Fingerprint.of(POLICY)))),
        POLICY,
        PROPOSAL,
        OPTIMIZER,
        valueHead);
  }

  private Path path(long step) {
    return directory.resolve("step-%08d".formatted(step));
  }

  private Checkpoint newest() {
    LearnerState state = store.state(OptionalLong.empty(), skipped::add).orElseThrow();
    return store.read(state.step(), MODEL);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aCheckpointIsReadAsItWasWritten() throws IOException {
    long bytes = store.write(checkpoint(12));
    assertThat(newest()).usingRecursiveComparison().isEqualTo(checkpoint(12));
    try (Stream<Path> files = Files.list(path(12))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "policy.safetensors",
              "proposal.safetensors",
              "optimizer.safetensors",
              "state.json",
              "manifest.json");
    }
    long stored = 0;
    for (String file :
        List.of(
            "policy.safetensors", "proposal.safetensors", "optimizer.safetensors", "state.json")) {
      stored += Files.size(path(12).resolve(file));
    }
    assertThat(bytes).isEqualTo(stored);
    assertThat(skipped).isEmpty();
    assertThat(new CheckpointFiles(path(12)).policy(MODEL, POLICY))
        .usingRecursiveFieldByFieldElementComparator()
        .isEqualTo(POLICY);
  }

  @Test
  void aValueHeadIsPartOfACheckpointWhereThereIsOne() throws IOException {
    List<TensorBytes> valueHead =
        List.of(
            Tensors.of("value_head.weight", i -> i / 3.0, 8, 1),
            Tensors.of("value_head.bias", i -> -1, 1));
    store.write(checkpoint(12, valueHead));
    assertThat(newest()).usingRecursiveComparison().isEqualTo(checkpoint(12, valueHead));

    Path file = path(12).resolve("value-head.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(this::newest)
        .hasMessageContaining("value-head.safetensors does not have the SHA-256 of its manifest");
  }

  @Test
  void thereIsNoneBeforeTheFirst() {
    assertThat(store.state(OptionalLong.empty(), skipped::add)).isEmpty();
    assertThat(store.steps()).isEmpty();
  }

  @Test
  void theNewestAreKept() throws IOException {
    for (long step : new long[] {4, 8, 12, 100_000_000, 16}) {
      store.write(checkpoint(step));
    }
    assertThat(store.steps()).containsExactly(100_000_000L, 16L, 12L);
    assertThat(newest().state().step()).isEqualTo(100_000_000);
    assertThat(names()).containsExactly("step-00000012", "step-00000016", "step-100000000");
  }

  @Test
  void theBestAndThoseOfCertainStepsAreKeptBesidesTheNewest() throws IOException {
    store = new CheckpointStore(directory, new Retention(2, 2, 100));
    store.write(checkpoint(90, 3));
    store.write(checkpoint(100, 2.5));
    store.write(checkpoint(110, 1.5));
    store.write(checkpoint(120));
    store.write(checkpoint(130, 1.25));
    store.write(checkpoint(140, 1.75));
    store.write(checkpoint(150));
    assertThat(store.steps())
        .as("110 and 130 are the best")
        .containsExactly(150L, 140L, 130L, 110L, 100L);
    assertThat(store.ranks(1.4 - 3.5)).isTrue();
    assertThat(store.ranks(1.5 - 3.5)).as("no better than the second").isFalse();

    assertThat(store.makeRoom(Long.MAX_VALUE)).isTrue();
    assertThat(store.steps()).containsExactly(150L, 130L, 110L, 100L);
    assertThat(store.makeRoom(Long.MAX_VALUE)).isFalse();
  }

  /** The estimate of Z has fallen from one to the other, which adds 0.5 to KL(p||pi). */
  @Test
  void whatIsBestDoesNotDependOnTheEstimateOfZOfItsTime() throws IOException {
    store = new CheckpointStore(directory, new Retention(1, 1, 0));
    store.write(checkpoint(10, 2.0, List.of(), -3.5));
    store.write(checkpoint(20, 2.4, List.of(), -4));
    store.write(checkpoint(30));
    assertThat(store.steps()).as("E[log P - log pi] is -1.6 and -1.5").containsExactly(30L, 20L);
    assertThat(store.list(10)).extracting(RunStatus.Checkpoint::best).containsExactly(false, true);
    assertThat(store.list(10).get(1).divergence()).isEqualTo(2.4);
  }

  @Test
  void noneIsRemovedWhereTheDiskHasRoom() throws IOException {
    store.write(checkpoint(4));
    store.write(checkpoint(8));
    assertThat(store.makeRoom(1)).isFalse();
    assertThat(store.steps()).containsExactly(8L, 4L);
  }

  @Test
  void noneIsRemovedThatIsNeededForWantOfAWholeOneAfterIt() throws IOException {
    for (long step : new long[] {4, 8, 12}) {
      store.write(checkpoint(step));
    }
    Path policy = path(12).resolve("policy.safetensors");
    byte[] bytes = Files.readAllBytes(policy);
    bytes[bytes.length / 2] ^= 1;
    Files.write(policy, bytes);
    assertThat(store.makeRoom(Long.MAX_VALUE)).isTrue();
    assertThat(store.steps()).containsExactly(12L, 8L);
    assertThat(newest().state().step()).isEqualTo(8);

    Files.delete(path(8).resolve("state.json"));
    assertThat(store.makeRoom(Long.MAX_VALUE)).as("none is whole").isFalse();
    assertThat(store.steps()).containsExactly(12L, 8L);
  }

  @Test
  void theNewestAndTheBestAreListed() throws IOException {
    store = new CheckpointStore(directory, new Retention(3, 1, 0));
    long bytes = store.write(checkpoint(4, 1));
    for (long step : new long[] {8, 12, 16}) {
      store.write(checkpoint(step));
    }
    Files.delete(path(12).resolve("manifest.json"));
    Files.writeString(path(12).resolve("state.json"), "{}");
    store = new CheckpointStore(directory, new Retention(3, 1, 0));
    assertThat(store.list(1)).extracting(RunStatus.Checkpoint::step).containsExactly(16L, 4L);
    assertThat(store.list(10))
        .as("12 was never completed")
        .extracting(RunStatus.Checkpoint::step)
        .containsExactly(16L, 8L, 4L);
    RunStatus.Checkpoint best = store.list(10).get(2);
    assertThat(best.bytes()).isEqualTo(bytes);
    assertThat(best.divergence()).isEqualTo(1);
    assertThat(store.list(10))
        .extracting(RunStatus.Checkpoint::best)
        .containsExactly(false, false, true);
  }

  @Test
  void oneThatDoesNotTellHowGoodItIsIsNoneOfTheBest() throws IOException {
    store = new CheckpointStore(directory, new Retention(1, 1, 0));
    store.write(checkpoint(4, 1));
    Files.writeString(path(4).resolve("state.json"), "{");
    store = new CheckpointStore(directory, new Retention(1, 1, 0));
    store.write(checkpoint(8, 2));
    store.write(checkpoint(12, 3));
    assertThat(store.steps()).containsExactly(12L, 8L);
  }

  @Test
  void oneThatIsWrittenIsGoodWhateverBecomesOfTheOlderOnes() throws IOException {
    store.write(checkpoint(4));
    CheckpointStore one = new CheckpointStore(directory, new Retention(1, 0, 0));
    Path noStep = Files.createDirectory(directory.resolve("step-" + "9".repeat(20)));
    one.write(checkpoint(8));
    assertThat(names()).contains("step-00000004", "step-00000008");
    assertThat(one.makeRoom(Long.MAX_VALUE)).isFalse();
    assertThat(new CheckpointStore(directory, new Retention(1, 1, 0)).ranks(1)).isFalse();

    Files.delete(noStep);
    one.write(checkpoint(12));
    assertThat(names()).as("removed later").containsExactly("step-00000012");
  }

  @Test
  void oneThatIsWholeIsNotWrittenAgainAndOneThatIsNotIs() throws IOException {
    long bytes = store.write(checkpoint(4));
    Path policy = path(4).resolve("policy.safetensors");
    var before = Files.getLastModifiedTime(policy);
    assertThat(store.write(checkpoint(4))).isEqualTo(bytes);
    assertThat(Files.getLastModifiedTime(policy)).isEqualTo(before);

    Files.delete(policy);
    assertThat(store.write(checkpoint(4))).isEqualTo(bytes);
    assertThat(newest()).usingRecursiveComparison().isEqualTo(checkpoint(4));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "truncated",
        "flipped",
        "no file",
        "no manifest",
        "empty manifest",
        "manifest without files",
        "manifest without a file",
        "older format"
      })
  void aDamagedOneIsSkippedWithTheReason(String damage) throws IOException {
    store.write(checkpoint(4));
    store.write(checkpoint(8));
    Path policy = path(8).resolve("policy.safetensors");
    Path manifest = path(8).resolve("manifest.json");
    byte[] bytes = Files.readAllBytes(policy);
    String reason =
        switch (damage) {
          case "truncated" -> {
            Files.write(policy, java.util.Arrays.copyOf(bytes, bytes.length - 1));
            yield "policy.safetensors has %d bytes, its manifest says %d"
                .formatted(bytes.length - 1, bytes.length);
          }
          case "flipped" -> {
            bytes[bytes.length / 2] ^= 1;
            Files.write(policy, bytes);
            yield "policy.safetensors does not have the SHA-256 of its manifest";
          }
          case "no file" -> {
            Files.delete(policy);
            yield "policy.safetensors is missing";
          }
          case "no manifest" -> {
            Files.delete(manifest);
            yield "it has no manifest.json, so it was never completed";
          }
          case "empty manifest" -> {
            Files.writeString(manifest, "");
            yield "manifest.json is not complete";
          }
          case "manifest without files" -> {
            Files.writeString(manifest, "{\"format\": 2}");
            yield "manifest.json is not complete";
          }
          case "manifest without a file" -> {
            Files.writeString(
                manifest, "{\"format\": 2, \"files\": {\"policy.safetensors\": null}}");
            yield "manifest.json is not complete";
          }
          default -> {
            Files.writeString(
                manifest, Files.readString(manifest).replace("\"format\": 2", "\"format\": 1"));
            yield "it has format 1, this version of the program reads format 2";
          }
        };
    assertThat(newest().state().step()).isEqualTo(4);
    assertThat(skipped).containsExactly(path(8) + " can't be used: " + reason);

    assertThatThrownBy(() -> store.state(OptionalLong.of(8), skipped::add))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("those of steps [8, 4]")
        .hasMessageContaining(reason);
    assertThatThrownBy(() -> store.read(8, MODEL))
        .isInstanceOf(BadInputException.class)
        .hasMessage(path(8) + " can't be used: " + reason);
    assertThatThrownBy(() -> new CheckpointFiles(path(8)).policy(MODEL, POLICY))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"format\": 3}", "{\"format\": 3, \"files\": [{\"name\": \"policy\"}]}"})
  void oneOfANewerFormatIsRefusedAndNotPassedOver(String manifest) throws IOException {
    store.write(checkpoint(4));
    store.write(checkpoint(8));
    Files.writeString(path(8).resolve("manifest.json"), manifest);
    for (OptionalLong asked : List.of(OptionalLong.empty(), OptionalLong.of(8))) {
      assertThatThrownBy(() -> store.state(asked, skipped::add))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining(path(8) + " has format 3, this program knows formats up to 2")
          .hasMessageContaining("a newer program, or --resume=STEP of an older checkpoint");
    }
    assertThat(skipped).isEmpty();
    assertThat(names()).containsExactly("step-00000004", "step-00000008");
    assertThat(store.state(OptionalLong.of(4), skipped::add)).isPresent();

    store.write(checkpoint(12));
    assertThat(newest().state().step()).as("it is not reached").isEqualTo(12);
    Files.delete(path(12).resolve("policy.safetensors"));
    assertThatThrownBy(this::newest).hasMessageContaining("has format 3");
  }

  @Test
  void oneWhoseManifestIsTornIsSkipped() throws IOException {
    store.write(checkpoint(4));
    store.write(checkpoint(8));
    Path manifest = path(8).resolve("manifest.json");
    Files.writeString(manifest, Files.readString(manifest).substring(0, 60));
    assertThat(newest().state().step()).isEqualTo(4);
    assertThat(skipped)
        .singleElement()
        .asString()
        .startsWith(path(8) + " can't be used: manifest.json is not readable: ");
  }

  @Test
  void theOneThatIsAskedForIsRead() throws IOException {
    store.write(checkpoint(4));
    store.write(checkpoint(8));
    assertThat(store.state(OptionalLong.of(4), skipped::add).orElseThrow().step()).isEqualTo(4);
    assertThat(store.read(4, MODEL).state().step()).isEqualTo(4);
    assertThatThrownBy(() -> store.state(OptionalLong.of(5), skipped::add))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("step-00000005 can't be used: it does not exist");
  }

  @Test
  void oneOfAModelOfAnotherShapeIsRefused() throws IOException {
    store.write(checkpoint(4));
    assertThatThrownBy(() -> store.read(4, TinyModels.config(1, 1, 8, 4, 7, 5)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("tensor")
        .hasMessageContaining("[6, 8]");
  }

  @Test
  void whatWasNotCompletedIsNotTakenForACheckpoint() throws IOException {
    store.write(checkpoint(4));
    Files.createDirectory(directory.resolve(".step-00000008.part"));
    assertThat(newest().state().step()).isEqualTo(4);
    store.write(checkpoint(8));
    assertThat(names()).containsExactly("step-00000004", "step-00000008");
  }

  @Test
  void laterOnesAreAsideWhenTheRunGoesOnFromAnEarlierOne() throws IOException {
    CheckpointStore one = new CheckpointStore(directory, new Retention(1, 0, 0));
    for (long step : new long[] {4, 8, 12}) {
      store.write(checkpoint(step));
    }
    store.setAsideAfter(4);
    one.write(checkpoint(5));
    assertThat(newest().state().step()).isEqualTo(5);
    assertThat(names())
        .containsExactly("step-00000005", "superseded-step-00000008", "superseded-step-00000012");
    one.write(checkpoint(9));
    assertThat(names())
        .as("the run has come farther than 8 again")
        .containsExactly("step-00000009", "superseded-step-00000012");
    one.setAsideAfter(5);
    assertThat(names()).containsExactly("superseded-step-00000009", "superseded-step-00000012");
  }

  @Test
  void aFailureAtTheEndOfWritingLeavesNothingBehind() throws IOException {
    store.write(checkpoint(4));
    Files.writeString(path(8), "in the way of the rename");
    assertThatThrownBy(() -> store.write(checkpoint(8))).isInstanceOf(IOException.class);
    assertThat(names()).containsExactly("step-00000004", "step-00000008");
    assertThat(newest()).usingRecursiveComparison().isEqualTo(checkpoint(4));

    Files.delete(path(8));
    store.write(checkpoint(8));
    assertThat(newest().state().step()).isEqualTo(8);
  }

  @Test
  void aDirectoryThatCanNotBeMadeIsAFailureToo() throws IOException {
    Files.writeString(directory, "in the way");
    assertThatThrownBy(() -> store.write(checkpoint(4))).isInstanceOf(IOException.class);
    assertThat(directory).hasContent("in the way");
  }

  @Test
  void aFullDiskLeavesNothingBehindAndTheOlderOnesWhole() throws Exception {
    Files.createDirectory(directory);
    try (SmallDisk disk = SmallDisk.mountedAt(directory, 256 << 10)) {
      org.junit.jupiter.api.Assumptions.assumeTrue(disk.isMounted(), "mounting takes privileges");
      store.write(checkpoint(4));
      long ballast = directory.toFile().getUsableSpace() - (16 << 10);
      Files.write(directory.resolve("ballast"), new byte[(int) ballast]);
      assertThatThrownBy(() -> store.write(checkpoint(8)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("No space left");
      assertThat(names()).containsExactly("ballast", "step-00000004");
      assertThat(newest()).usingRecursiveComparison().isEqualTo(checkpoint(4));

      Files.delete(directory.resolve("ballast"));
      store.write(checkpoint(8));
      assertThat(newest().state().step()).isEqualTo(8);
    }
  }

  @Test
  void theOldestGiveWayToOneThatHasNoRoom() throws Exception {
    Files.createDirectory(directory);
    try (SmallDisk disk = SmallDisk.mountedAt(directory, 256 << 10)) {
      org.junit.jupiter.api.Assumptions.assumeTrue(disk.isMounted(), "mounting takes privileges");
      store.write(checkpoint(4));
      assertThat(store.makeRoom(checkpoint(8).bytes())).as("there is no other").isFalse();
      long before = directory.toFile().getUsableSpace();
      store.write(checkpoint(8));
      long bytes = before - directory.toFile().getUsableSpace();
      long ballast = directory.toFile().getUsableSpace() - bytes / 2;
      Files.write(directory.resolve("ballast"), new byte[(int) ballast]);
      assertThatThrownBy(() -> store.write(checkpoint(12))).isInstanceOf(IOException.class);
      assertThat(store.makeRoom(checkpoint(12).bytes())).isTrue();
      store.write(checkpoint(12));
      assertThat(names()).containsExactly("ballast", "step-00000008", "step-00000012");
    }
  }

  @Test
  void oneThatStillOwedSomethingIsReplaced() throws IOException {
    Checkpoint whole = checkpoint(4);
    LearnerState state =
        LearnerState.fromJson(whole.state().toJson().replace("NOTHING", "JUDGEMENT"));
    store.write(
        new Checkpoint(
            MODEL, state, whole.policy(), whole.proposal(), whole.optimizer(), List.of()));
    assertThat(newest().state().pendingWork()).isEqualTo(PendingWork.JUDGEMENT);
    store.write(whole);
    assertThat(newest().state().pendingWork()).isEqualTo(PendingWork.NOTHING);
    assertThat(names()).containsExactly("step-00000004");
  }

  @Test
  void whatAKillLeftBehindIsClearedAway() throws IOException {
    store.write(checkpoint(4));
    store.write(checkpoint(8));
    Files.move(path(8), directory.resolve(".step-00000008.earlier"));
    Files.createDirectories(directory.resolve(".step-00000004.earlier"));
    Files.createDirectories(directory.resolve(".step-00000002.removed"));
    Files.createDirectories(directory.resolve(".superseded-step-00000012.removed"));
    Files.writeString(
        Files.createDirectories(directory.resolve(".step-00000012.part")).resolve("state.json"),
        "{");
    store.cleanUp();
    assertThat(names()).containsExactly("step-00000004", "step-00000008");
    assertThat(newest()).usingRecursiveComparison().isEqualTo(checkpoint(8));
  }
}
