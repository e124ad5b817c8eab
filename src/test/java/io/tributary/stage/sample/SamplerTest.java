package io.tributary.stage.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.tributary.data.Draw;
import io.tributary.data.DrawOrder;
import io.tributary.data.Fingerprint;
import io.tributary.data.Sequence;
import io.tributary.data.TensorBytes;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.metrics.Label.BlockedReason;
import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.RunMetrics;
import io.tributary.model.DecoderConfig;
import io.tributary.model.SamplingSettings;
import io.tributary.model.guide.TokenGuide;
import io.tributary.protocol.SamplerCommand;
import io.tributary.protocol.SamplerCommand.DrawSequences;
import io.tributary.protocol.SamplerCommand.TakeOver;
import io.tributary.protocol.SamplerCommand.TakenOver;
import io.tributary.protocol.WorkerEvent;
import io.tributary.testing.Commands;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.TinyModels;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TorchExtension.class)
class SamplerTest {
  private static final DecoderConfig MODEL = TinyModels.config(1, 1, 8, 4, 6, 5);
  private static final List<TensorBytes> FIRST = TinyModels.weights(MODEL, 1, 0.5);
  private static final List<TensorBytes> SECOND = TinyModels.weights(MODEL, 2, 0.5);

  private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
  private TestProbe<WorkerEvent<Draw>> pool;
  private TestProbe<TakenOver> publisher;
  private ActorRef<SamplerCommand> sampler;

  @BeforeEach
  void spawn() {
    pool = kit.createTestProbe();
    publisher = kit.createTestProbe(TakenOver.class);
    sampler = kit.spawn(behavior());
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private Behavior<SamplerCommand> behavior() {
    return Sampler.create(
        () ->
            new ProposalSampling(
                MODEL,
                Device.cpu(),
                8,
                MODEL.beginning(),
                SamplingSettings.plain(4, false),
                TokenGuide.NONE,
                1),
        () -> new RunMetrics(Map.of(), Clock.systemUTC()).stage(Stage.SAMPLER).clock());
  }

  private static WeightSnapshot snapshot(long version, List<TensorBytes> tensors) {
    return new WeightSnapshot(new WeightVersion(version, "as claimed"), tensors);
  }

  private static DrawOrder order(long number, long minimumVersion) {
    return new DrawOrder(number, minimumVersion, DrawOrder.Purpose.TRAINING, 8);
  }

  private WorkerEvent.Finished<Draw> finished(long number) {
    WorkerEvent<Draw> event = pool.receiveMessage();
    while (!(event instanceof WorkerEvent.Finished<Draw>)) {
      event = pool.receiveMessage();
    }
    assertThat(event.draw()).isEqualTo(number);
    assertThat(event.worker()).isEqualTo(sampler);
    return (WorkerEvent.Finished<Draw>) event;
  }

  @Test
  void aDrawWaitsForWeightsThatAreNewEnough() {
    sampler.tell(new DrawSequences(order(3, 2), pool.getRef()));
    sampler.tell(new TakeOver(snapshot(1, FIRST), publisher.getRef()));
    assertThat(publisher.receiveMessage().version()).isEqualTo(1);
    sampler.tell(new TakeOver(snapshot(2, SECOND), publisher.getRef()));
    assertThat(publisher.receiveMessage().version()).isEqualTo(2);

    WorkerEvent.Finished<Draw> finished = finished(3);
    assertThat(finished.time().busy()).isPositive();
    assertThat(finished.time().blocked())
        .containsOnlyKeys(BlockedReason.ADMISSION, BlockedReason.WEIGHTS);
    Draw draw = finished.result();
    assertThat(draw.number()).isEqualTo(3);
    assertThat(draw.proposalVersion()).isEqualTo(2);
    assertThat(draw.sequences()).hasSize(8).allMatch(s -> s.proposalVersion() == 2);
    sampler.tell(new DrawSequences(order(4, 1), pool.getRef()));
    assertThat(finished(4).result().proposalVersion()).as("newer than asked for").isEqualTo(2);
  }

  @Test
  void aWindowWaitsForTheVeryWeightsThatItIsDrawnToJudge() {
    sampler.tell(new TakeOver(snapshot(2, SECOND), publisher.getRef()));
    sampler.tell(
        new DrawSequences(new DrawOrder(3, 1, DrawOrder.Purpose.WINDOW, 20), pool.getRef()));
    sampler.tell(
        new TakeOver(snapshot(1, FIRST), publisher.getRef())); // by a learner that went back
    Draw window = finished(3).result();
    assertThat(window.proposalVersion()).isEqualTo(1);
    assertThat(window.sequences()).hasSize(20).extracting(Sequence::index).isSorted();
  }

  @Test
  void aDrawThatWasBegunBeforeIsMadeWithTheSameProposalAndTheNextWithTheNewest() {
    WeightSnapshot former = new WeightSnapshot(new WeightVersion(1, Fingerprint.of(FIRST)), FIRST);
    sampler.tell(new TakeOver(former, publisher.getRef()));
    sampler.tell(new DrawSequences(order(3, 1), pool.getRef()));
    Draw first = finished(3).result();
    sampler.tell(new TakeOver(snapshot(2, SECOND), publisher.getRef()));
    sampler.tell(new DrawSequences(order(3, 1).begunWith(former), pool.getRef()));
    sampler.tell(new DrawSequences(order(4, 1), pool.getRef()));

    assertThat(finished(3).result()).usingRecursiveComparison().isEqualTo(first);
    assertThat(finished(4).result().proposalVersion()).isEqualTo(2);
    publisher.receiveMessage();
    publisher.receiveMessage();
    publisher.expectNoMessage(Duration.ZERO); // what it goes back to is confirmed already
  }

  @Test
  void everyTokenIsASignOfLife() {
    sampler.tell(new TakeOver(snapshot(1, FIRST), publisher.getRef()));
    sampler.tell(new DrawSequences(order(0, 1), pool.getRef()));
    pool.expectMessage(new WorkerEvent.Begun<>(0, sampler, snapshot(1, FIRST)));
    for (int token = 0; token < 4; token++) {
      assertThat(pool.receiveMessage()).isEqualTo(new WorkerEvent.Progressed<>(0, sampler));
    }
    finished(0);
  }

  @Test
  void itConfirmsWithTheFingerprintOfTheWeightsThatItHas() {
    for (int version = 1; version < 3; version++) {
      List<TensorBytes> weights = version == 1 ? FIRST : SECOND;
      sampler.tell(new TakeOver(snapshot(version, weights), publisher.getRef()));
      assertThat(publisher.receiveMessage())
          .isEqualTo(new TakenOver(sampler, version, Fingerprint.of(weights)));
    }
  }

  @Test
  void aDrawForAFitHasRandomNumbersOfItsOwnAndNoTemperature() {
    try (ProposalSampling plain = sampling(1);
        ProposalSampling hot = sampling(2)) {
      List.of(plain, hot).forEach(sampling -> sampling.takeOver(snapshot(1, FIRST)));
      DrawOrder fitting = new DrawOrder(3, 1, DrawOrder.Purpose.FITTING, 8);
      List<List<Integer>> tokens = tokens(plain, fitting);
      assertThat(tokens(hot, fitting)).isEqualTo(tokens);
      assertThat(tokens(plain, order(3, 1))).isNotEqualTo(tokens);
      assertThat(tokens(hot, order(3, 1))).isNotEqualTo(tokens(plain, order(3, 1)));
    }
  }

  private static ProposalSampling sampling(double temperature) {
    return new ProposalSampling(
        MODEL,
        Device.cpu(),
        8,
        MODEL.beginning(),
        new SamplingSettings(4, false, temperature, 0, 1),
        TokenGuide.NONE,
        1);
  }

  private static List<List<Integer>> tokens(ProposalSampling sampling, DrawOrder order) {
    return sampling.draw(order, () -> {}).sequences().stream()
        .map(sequence -> Arrays.stream(sequence.tokens()).boxed().toList())
        .toList();
  }

  @Test
  void thereIsNoDrawWithoutWeights() {
    try (ProposalSampling sampling = sampling(1)) {
      assertThat(sampling.version()).isEqualTo(-1);
      assertThatThrownBy(() -> sampling.draw(order(3, 1), () -> {}))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("draw 3 was requested before any weights arrived");
      sampling.takeOver(snapshot(4, FIRST));
      assertThat(sampling.version()).isEqualTo(4);
    }
  }

  @Test
  void itStopsWhenItCanNotLoadWhatADrawWasBegunWith() {
    TestProbe<Object> watcher = kit.createTestProbe();
    WeightSnapshot other = snapshot(1, FIRST); // whose fingerprint is another
    sampler.tell(new DrawSequences(order(0, 1).begunWith(other), pool.getRef()));
    watcher.expectTerminated(sampler);
  }

  @Test
  void everyCommandIsHandled() {
    BehaviorTestKit<SamplerCommand> alone = BehaviorTestKit.create(behavior());
    Map<Class<?>, Object> values =
        Map.of(
            DrawOrder.class,
            order(7, 7),
            ActorRef.class,
            TestInbox.create().getRef(),
            WeightSnapshot.class,
            snapshot(1, FIRST));
    for (SamplerCommand command : Commands.of(SamplerCommand.class, values)) {
      alone.run(command);
      assertThat(Behavior.isUnhandled(alone.returnedBehavior())).as("%s", command).isFalse();
    }
  }
}
