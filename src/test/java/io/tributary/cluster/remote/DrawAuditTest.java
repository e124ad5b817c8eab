package io.tributary.cluster.remote;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.tributary.cluster.remote.RemoteWorker.Publish;
import io.tributary.cluster.remote.RemoteWorker.Published;
import io.tributary.cluster.slot.Slot;
import io.tributary.cluster.slot.SlotWork;
import io.tributary.cluster.slot.WeightCache;
import io.tributary.cluster.transfer.Manifest;
import io.tributary.cluster.wire.SlotKind;
import io.tributary.cluster.wire.ToNode;
import io.tributary.cluster.wire.ToSlot;
import io.tributary.cluster.wire.ToTrainer.Hello;
import io.tributary.cluster.wire.ToTrainer.OfferedSlot;
import io.tributary.config.ClusterConfig.Audit;
import io.tributary.config.ClusterConfig.AuditAction;
import io.tributary.data.Draw;
import io.tributary.data.DrawOrder;
import io.tributary.data.Fingerprint;
import io.tributary.data.Sequence;
import io.tributary.data.TensorBytes;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.WorkClock;
import io.tributary.model.DecoderConfig;
import io.tributary.model.SamplingSettings;
import io.tributary.model.guide.TokenGuide;
import io.tributary.protocol.SamplerCommand;
import io.tributary.protocol.SamplerCommand.DrawSequences;
import io.tributary.protocol.WorkerEvent;
import io.tributary.stage.sample.ProposalSampling;
import io.tributary.stage.sample.ProposalScoring;
import io.tributary.stage.sample.Sampler;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.TinyModels;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Nodes with real samplers, of which some are broken. */
@ExtendWith(TorchExtension.class)
class DrawAuditTest {
  private static final DecoderConfig MODEL = TinyModels.config(1, 1, 8, 4, 6, 5);
  private static final WeightSnapshot PROPOSAL = weights(1);
  private static final double TEMPERATURE = 0.8;

  private final ActorTestKit kit = ActorTestKit.create();
  private final RunMetrics metrics = new RunMetrics(Map.of(), Clock.systemUTC());
  private final TestProbe<ToNode> node = kit.createTestProbe(ToNode.class);
  private final TestProbe<NodeNote> notes = kit.createTestProbe(NodeNote.class);
  private final TestProbe<WorkerEvent<Draw>> pool = kit.createTestProbe();
  private final List<DrawAudit> audits = new ArrayList<>();

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
    audits.forEach(DrawAudit::close);
  }

  private static WeightSnapshot weights(long seed) {
    List<TensorBytes> tensors = TinyModels.weights(MODEL, seed, 0.5);
    return new WeightSnapshot(new WeightVersion(1, Fingerprint.of(tensors)), tensors);
  }

  private DrawAudit audit(double share, DrawAudit.Scoring scoring) {
    DrawAudit audit =
        new DrawAudit(
            new Audit(share, 0.05, AuditAction.DISMISS), 7, () -> scoring, notes.getRef()::tell);
    audits.add(audit);
    return audit;
  }

  /** As the trainer's. */
  private static DrawAudit.Scoring scoring() {
    ProposalScoring own =
        new ProposalScoring(MODEL, Device.cpu(), MODEL.beginning(), TEMPERATURE, TokenGuide.NONE);
    return new DrawAudit.Scoring() {
      @Override
      public double[] logProposals(WeightSnapshot proposal, List<Sequence> sequences) {
        return own.logProposals(proposal, sequences);
      }

      @Override
      public void close() {
        own.close();
      }
    };
  }

  /** A sampler that is told something else than its slot thinks. */
  private static Behavior<SamplerCommand> sampler(
      double temperature, UnaryOperator<SamplerCommand> change) {
    return Behaviors.setup(
        context -> {
          ActorRef<SamplerCommand> real =
              context.spawnAnonymous(
                  Sampler.create(
                      () ->
                          new ProposalSampling(
                              MODEL,
                              Device.cpu(),
                              8,
                              MODEL.beginning(),
                              new SamplingSettings(4, false, temperature, 0, 1),
                              TokenGuide.NONE,
                              1),
                      WorkClock::new));
          return Behaviors.receiveMessage(
              command -> {
                real.tell(change.apply(command));
                return Behaviors.same();
              });
        });
  }

  /** The remote worker of a node that has this sampler alone. */
  private ActorRef<SamplerCommand> remote(Behavior<SamplerCommand> sampler, DrawAudit audit) {
    ActorRef<ToSlot> slot =
        kit.spawn(
            Slot.create(
                SlotWork.sampling(TestRecord.UNOBSERVED),
                () -> sampler,
                kit.spawn(WeightCache.create((wanted, arriving) -> PROPOSAL, Runnable::run)),
                DispatcherSelector.sameAsParent()));
    ActorRef<Publish> files =
        kit.spawn(
            Behaviors.receiveMessage(
                publish -> {
                  publish.replyTo().tell(new Published(1, Manifest.of("weights", 0, 8, List.of())));
                  return Behaviors.same();
                }));
    NodeRecord record =
        new NodeRecords(metrics, System::nanoTime)
            .welcomed("node-0", new Hello(1, 1, "build", "", "", node.getRef()));
    ActorRef<NodeLink.Command> link =
        kit.spawn(NodeLink.create(node.getRef(), new Leases(1), files, record, audit));
    link.tell(new NodeLink.Offered(List.of(new OfferedSlot(SlotKind.SAMPLER, "cpu", slot))));
    TestProbe<Receptionist.Listing> found = kit.createTestProbe(Receptionist.Listing.class);
    return found.awaitAssert(
        () -> {
          kit.system().receptionist().tell(Receptionist.find(SamplerCommand.KEY, found.getRef()));
          var workers = found.receiveMessage().getServiceInstances(SamplerCommand.KEY);
          assertThat(workers).hasSize(1);
          return workers.iterator().next();
        });
  }

  private void draw(ActorRef<SamplerCommand> remote) {
    DrawOrder order = new DrawOrder(3, 1, DrawOrder.Purpose.TRAINING, 24).begunWith(PROPOSAL);
    remote.tell(new DrawSequences(order, pool.getRef()));
    pool.fishForMessage(
        Duration.ofSeconds(10),
        event ->
            event instanceof WorkerEvent.Finished
                ? FishingOutcomes.complete()
                : FishingOutcomes.continueAndIgnore());
  }

  private String audited() {
    return new String(metrics.scrape(null).body(), UTF_8)
        .lines()
        .filter(line -> line.startsWith("tributary_node_audit_difference_nats_"))
        .reduce("", (all, line) -> all + line + "\n");
  }

  private void expectDismissed() {
    NodeNote note = notes.receiveMessage();
    assertThat(note.node()).isEqualTo("node-0");
    assertThat(note.what()).isEqualTo(NodeNote.What.DISAGREED);
    assertThat(note.reason())
        .contains("of draw 3 under proposal 1 is -")
        .contains("cluster.audit-bound-nats = 0.05");
    node.fishForMessage(
        Duration.ofSeconds(10),
        message ->
            message instanceof ToNode.Dismissed
                ? FishingOutcomes.complete()
                : FishingOutcomes.continueAndIgnore());
  }

  @Test
  void aHealthySamplerDiffersByTheNoiseOfItsArithmeticAlone() {
    draw(remote(sampler(TEMPERATURE, command -> command), audit(1, scoring())));

    node.awaitAssert(
        () -> {
          assertThat(audited()).contains("count{node=\"node-0\"} 24");
          return null;
        });
    assertThat(audited()).contains("bucket{node=\"node-0\",le=\"1.0E-4\"} 24");
    notes.expectNoMessage(Duration.ZERO);
  }

  @Test
  void aSamplerWithAnotherTemperatureIsFoundAndItsNodeDismissed() {
    draw(remote(sampler(TEMPERATURE * 1.1, command -> command), audit(1, scoring())));

    expectDismissed();
  }

  @Test
  void aSamplerWhoseWeightsAreNotThoseThatItHasConfirmedIsFoundAndItsNodeDismissed() {
    UnaryOperator<SamplerCommand> swap =
        command ->
            command instanceof DrawSequences ordered
                ? new DrawSequences(ordered.order().begunWith(weights(2)), ordered.replyTo())
                : command;
    draw(remote(sampler(TEMPERATURE, swap), audit(1, scoring())));

    expectDismissed();
  }

  private static Draw draw(long number, int sequences) {
    List<Sequence> drawn = new ArrayList<>();
    for (int i = 0; i < sequences; i++) {
      drawn.add(new Sequence(number, i, new int[] {1}, new double[] {-1}, 1));
    }
    return new Draw(number, DrawOrder.Purpose.TRAINING, 1, drawn);
  }

  /** A scorer that scores nothing before it may. */
  private record Held(
      CountDownLatch begun, CountDownLatch may, CountDownLatch done, List<Integer> scored)
      implements DrawAudit.Scoring {
    Held(int waits) {
      this(
          new CountDownLatch(1),
          new CountDownLatch(waits),
          new CountDownLatch(1),
          new ArrayList<>());
    }

    @Override
    public double[] logProposals(WeightSnapshot proposal, List<Sequence> sequences) {
      begun.countDown();
      try {
        assertThat(may.await(10, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      sequences.forEach(sequence -> scored.add(sequence.index()));
      done.countDown();
      return sequences.stream().mapToDouble(Sequence::logProposal).toArray();
    }

    @Override
    public void close() {}
  }

  @Test
  void whatIsTooMuchIsSkippedAndCountedAndNothingWaits() throws InterruptedException {
    Held held = new Held(1);
    DrawAudit audit = audit(1, held);
    NodeRecord record = TestRecord.of(kit);
    NodeRecord counted =
        new NodeRecords(metrics, System::nanoTime)
            .welcomed("node-1", new Hello(1, 1, "build", "", "", node.getRef()));
    ActorRef<NodeLink.Command> link = kit.createTestProbe(NodeLink.Command.class).getRef();
    audit.check(record, link, draw(0, 2), PROPOSAL);
    assertThat(held.begun().await(10, TimeUnit.SECONDS)).isTrue();
    audit.check(record, link, draw(1, 2), PROPOSAL);

    audit.check(counted, link, draw(2, 5), PROPOSAL);

    assertThat(metrics.value(Metric.NODE_AUDITS_SKIPPED_TOTAL, "node-1")).isEqualTo(5);
    held.may().countDown();
  }

  @Test
  void theShareIsTheSameSequencesEachTime() throws InterruptedException {
    List<List<Integer>> chosen = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Held held = new Held(0);
      DrawAudit audit = audit(0.1, held);
      audit.check(
          TestRecord.of(kit),
          kit.createTestProbe(NodeLink.Command.class).getRef(),
          draw(0, 2000),
          PROPOSAL);
      assertThat(held.done().await(10, TimeUnit.SECONDS)).isTrue();
      chosen.add(held.scored());
    }
    assertThat(chosen.get(0)).isEqualTo(chosen.get(1)).hasSizeBetween(140, 260);
  }
}
