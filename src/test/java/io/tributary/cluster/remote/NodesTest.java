package io.tributary.cluster.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.tributary.cluster.membership.NodeEvent;
import io.tributary.cluster.remote.NodeNote.What;
import io.tributary.cluster.remote.Nodes.Refusal;
import io.tributary.cluster.transfer.Manifest;
import io.tributary.cluster.wire.FromSlot;
import io.tributary.cluster.wire.SlotKind;
import io.tributary.cluster.wire.ToNode;
import io.tributary.cluster.wire.ToSlot;
import io.tributary.cluster.wire.ToTrainer.Hello;
import io.tributary.cluster.wire.ToTrainer.Leaving;
import io.tributary.cluster.wire.ToTrainer.OfferedSlot;
import io.tributary.cluster.wire.ToTrainer.Pong;
import io.tributary.cluster.wire.ToTrainer.Ready;
import io.tributary.config.ClusterConfig;
import io.tributary.config.ClusterConfig.AuditAction;
import io.tributary.data.DrawOrder;
import io.tributary.data.DrawOrder.Purpose;
import io.tributary.data.NodeState;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.metrics.Label.RefusalReason;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.WorkTime;
import io.tributary.protocol.NodeStatus;
import io.tributary.protocol.ProposalConfirmed;
import io.tributary.protocol.SamplerCommand;
import io.tributary.protocol.SamplerCommand.DrawSequences;
import io.tributary.protocol.ScorerCommand;
import io.tributary.protocol.ServiceControl.Answer;
import io.tributary.protocol.ServiceControl.Done;
import io.tributary.protocol.ServiceControl.Unable;
import io.tributary.protocol.WorkerEvent;
import io.tributary.testing.stream.Draws;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.pekko.actor.ActorPath;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.PoisonPill;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;
import org.apache.pekko.cluster.UniqueAddress;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * All nodes of one actor system have one address, so that a second node is another process at the
 * address of the first; nodes of a second system have another.
 */
class NodesTest {
  private static final long EPOCH = 77;
  private static final int MAX_NODES = 1;
  private static final ToNode.Welcome WELCOME =
      new ToNode.Welcome(
          EPOCH,
          1,
          "run",
          "",
          List.of(),
          "https://trainer:1",
          "secret",
          Duration.ofSeconds(10),
          Duration.ofSeconds(20));
  private static ActorTestKit kit;
  private static ActorTestKit elsewhere;
  private static ManualTime time;
  private static final Manifest FILE = Manifest.of("weights", 0, 8, List.of());
  private static final WeightSnapshot WEIGHTS =
      new WeightSnapshot(new WeightVersion(0, "print"), List.of());

  private final List<String> told = new CopyOnWriteArrayList<>();
  private volatile Optional<Refusal> refusalOfHello = Optional.empty();
  private volatile Optional<Refusal> refusalOfReady = Optional.empty();
  private RunMetrics metrics;
  private NodeRecords records;
  private ActorRef<Object> nodes;
  private TestProbe<NodeNote> notes;
  private TestProbe<ToNode> node;
  private TestProbe<ToSlot> slot;

  @BeforeAll
  static void start() {
    kit = ActorTestKit.create("Trainer", ManualTime.config());
    elsewhere = ActorTestKit.create("Worker", ConfigFactory.load());
    time = ManualTime.get(kit.system());
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
    elsewhere.shutdownTestKit();
  }

  @BeforeEach
  void spawn() {
    metrics = new RunMetrics(Map.of(), Clock.systemUTC());
    records = new NodeRecords(metrics, System::nanoTime);
    notes = kit.createTestProbe(NodeNote.class);
    ActorRef<RemoteWorker.Publish> files =
        kit.spawn(
            Behaviors.receiveMessage(
                publish -> {
                  publish.replyTo().tell(new RemoteWorker.Published(0, FILE));
                  return Behaviors.same();
                }));
    nodes =
        kit.spawn(
            Nodes.create(
                new Nodes.Admission() {
                  @Override
                  public Optional<Refusal> objection(Hello hello) {
                    return refusalOfHello;
                  }

                  @Override
                  public ToNode.Welcome welcome(Hello hello) {
                    return WELCOME;
                  }

                  @Override
                  public Optional<Refusal> objection(Ready ready) {
                    return refusalOfReady;
                  }

                  @Override
                  public boolean isAlike(Ready ready) {
                    return ready.numerics().equals("class");
                  }
                },
                new Leases(EPOCH),
                files,
                MAX_NODES,
                records,
                told::add,
                notes.getRef(),
                new DrawAudit(
                    new ClusterConfig.Audit(0, 1, AuditAction.WARN), 1, () -> null, note -> {})));
    node = kit.createTestProbe(ToNode.class);
    slot = kit.createTestProbe(ToSlot.class);
  }

  @AfterEach
  void stopNodes() {
    kit.stop(nodes);
  }

  private void hello(TestProbe<ToNode> from) {
    nodes.tell(new NodeEvent.NodeUp(unique(from)));
    nodes.tell(new Hello(1, 1, "build", "", "", from.getRef()));
  }

  private void ready(TestProbe<ToNode> from, long epoch) {
    nodes.tell(
        new Ready(
            epoch,
            1,
            "class",
            List.of(new OfferedSlot(SlotKind.SAMPLER, "cpu", slot.getRef())),
            from.getRef()));
  }

  private void ready(TestProbe<ToNode> from) {
    ready(from, EPOCH);
  }

  private void admit(TestProbe<ToNode> from) {
    hello(from);
    from.expectMessage(WELCOME);
    ready(from);
    from.expectMessage(new ToNode.Admitted(EPOCH, 1, "node-0"));
  }

  private static UniqueAddress unique(TestProbe<ToNode> of) {
    Address address = of.getRef().path().address();
    return new UniqueAddress(address, 1L);
  }

  private void gone(TestProbe<ToNode> of) {
    nodes.tell(new NodeEvent.NodeGone(unique(of), NodeEvent.Reason.UNREACHABLE));
  }

  private static <C> List<ActorRef<C>> registered(ServiceKey<C> key) {
    TestProbe<Receptionist.Listing> found = kit.createTestProbe(Receptionist.Listing.class);
    kit.system().receptionist().tell(Receptionist.find(key, found.getRef()));
    Set<ActorRef<C>> all = found.receiveMessage().getServiceInstances(key);
    return new ArrayList<>(all);
  }

  /** The one sampler of the pool, of which there is one for each node's slot. */
  private ActorRef<SamplerCommand> sampler() {
    return node.awaitAssert(
        () -> {
          List<ActorRef<SamplerCommand>> all = registered(SamplerCommand.KEY);
          assertThat(all).hasSize(1);
          return all.get(0);
        });
  }

  private void expectNoSampler() {
    node.awaitAssert(
        () -> {
          assertThat(registered(SamplerCommand.KEY)).isEmpty();
          return null;
        });
  }

  private TestProbe<Object> order() {
    TestProbe<Object> pool = kit.createTestProbe(Object.class);
    sampler()
        .tell(
            new DrawSequences(
                new DrawOrder(7, 0, Purpose.TRAINING, 1), pool.getRef().unsafeUpcast()));
    return pool;
  }

  @Test
  void aNodeIsWelcomedAndAdmittedWithItsSlots() {
    hello(node);
    node.expectMessage(WELCOME);
    nodes.tell(
        new Ready(
            EPOCH,
            1,
            "class",
            List.of(
                new OfferedSlot(SlotKind.SAMPLER, "cpu", slot.getRef()),
                new OfferedSlot(SlotKind.SCORER, "cpu", slot.getRef()),
                new OfferedSlot(SlotKind.SAMPLER, "gpu:0", slot.getRef())),
            node.getRef()));

    node.expectMessage(new ToNode.Admitted(EPOCH, 1, "node-0"));
    node.awaitAssert(
        () -> {
          assertThat(registered(SamplerCommand.KEY))
              .extracting(ProposalConfirmed::name)
              .containsExactlyInAnyOrder("sampler-0@node-0", "sampler-1@node-0");
          assertThat(registered(ScorerCommand.KEY)).hasSize(1);
          return null;
        });
  }

  @Test
  void aNodeThatSaysHelloAgainIsWelcomedAgain() {
    hello(node);
    hello(node);

    node.expectMessage(WELCOME);
    node.expectMessage(WELCOME);
    ready(node);
    node.expectMessage(new ToNode.Admitted(EPOCH, 1, "node-0"));
  }

  @Test
  void aNodeThatIsReadyTwiceIsAdmittedOnce() {
    admit(node);
    ActorRef<SamplerCommand> sampler = sampler();

    ready(node);

    node.expectMessage(new ToNode.Admitted(EPOCH, 1, "node-0"));
    assertThat(sampler()).isEqualTo(sampler);
  }

  @Test
  void moreNodesThanAllowedAreRefusedWithTheReason() {
    admit(node);
    TestProbe<ToNode> other = elsewhere.createTestProbe();

    hello(other);

    other.expectMessage(
        new ToNode.Refused("the run has 1 nodes, cluster.max-nodes allows no more"));
  }

  @Test
  void theOperatorIsToldWhatHappensToNodes() {
    TestProbe<ToNode> other = elsewhere.createTestProbe();
    admit(node);
    hello(other);
    hello(other); // it asks again and again
    nodes.tell(new NodeEvent.NodeUnreachable(unique(node)));
    nodes.tell(new NodeEvent.NodeReachable(unique(node)));
    nodes.tell(new Leaving("it was stopped", node.getRef()));
    nodes.tell(new Leaving("it was stopped", node.getRef())); // the first may have been lost
    nodes.tell(new NodeEvent.NodeGone(unique(node), NodeEvent.Reason.LEFT));
    node.awaitAssert(
        () ->
            assertThat(told)
                .containsExactly(
                    "node-0 has joined with 1 sampler and 0 scorers: Trainer",
                    "a worker on ? is refused: the run has 1 nodes, cluster.max-nodes allows no"
                        + " more",
                    "node-0 is silent: its work is given to others",
                    "node-0 is heard again",
                    "node-0 is leaving: it finishes what it has",
                    "node-0 is gone: it was stopped"));
  }

  @Test
  void aNodeThatIsRefusedTakesNoPlace() {
    refusalOfHello = Optional.of(new Refusal(RefusalReason.PROTOCOL, "another protocol"));
    hello(node);
    node.expectMessage(new ToNode.Refused("another protocol"));
    refusalOfHello = Optional.empty();
    TestProbe<ToNode> other = elsewhere.createTestProbe();

    hello(other);

    other.expectMessage(WELCOME);
  }

  @Test
  void aNodeWhoseNumericsAreRefusedIsRefusedAsOftenAsItAsks() {
    hello(node);
    node.expectMessage(WELCOME);
    refusalOfReady = Optional.of(new Refusal(RefusalReason.NUMERICS, "another class"));
    for (int i = 0; i < 3; i++) {
      ready(node);
      node.expectMessage(new ToNode.Refused("another class"));
    }
  }

  @Test
  void aNodeWhoseNumericsAreRefusedLeavesItsPlaceToOthers() {
    hello(node);
    node.expectMessage(WELCOME);
    refusalOfReady =
        Optional.of(new Refusal(RefusalReason.NUMERICS, "it computes in another class"));
    ready(node);
    node.expectMessage(new ToNode.Refused("it computes in another class"));
    refusalOfReady = Optional.empty();
    TestProbe<ToNode> other = elsewhere.createTestProbe();

    hello(other);

    other.expectMessage(WELCOME);
    expectNoSampler();
  }

  @Test
  void anotherProcessAtTheAddressTakesThePlaceOfTheFormer() {
    admit(node);
    ActorRef<SamplerCommand> former = sampler();
    TestProbe<Object> pool = order();
    TestProbe<ToNode> restarted = kit.createTestProbe();

    hello(restarted);
    restarted.expectMessage(WELCOME);
    pool.expectMessage(new WorkerEvent.GivenBack<>(7, former, "can't be reached", null));
    ready(restarted);

    restarted.expectMessage(new ToNode.Admitted(EPOCH, 1, "node-0"));
    node.awaitAssert(
        () -> {
          assertThat(registered(SamplerCommand.KEY)).hasSize(1).doesNotContain(former);
          return null;
        });
  }

  @Test
  void whatAFormerProcessSaysIsNotThatOfThePresentOne() {
    admit(node);
    TestProbe<ToNode> restarted = kit.createTestProbe();
    admit(restarted);

    nodes.tell(new Leaving("it was stopped", node.getRef()));
    ready(node);

    node.expectMessage(new ToNode.Dismissed("the trainer does not know this node any more"));
    assertThat(sampler()).isNotNull();
  }

  @Test
  void aNodeThatIsReadyForAFormerStartOfTheTrainerIsDismissed() {
    hello(node);
    node.expectMessage(WELCOME);

    ready(node, EPOCH - 1);

    node.expectMessage(new ToNode.Dismissed("the trainer does not know this node any more"));
  }

  @Test
  void aNodeThatIsReadyWithoutHavingSaidHelloIsDismissed() {
    ready(node);
    node.expectMessage(new ToNode.Dismissed("the trainer does not know this node any more"));
  }

  @Test
  void theNameOfANodeThatIsGoneIsUsedAgain() {
    admit(node);
    gone(node);
    TestProbe<ToNode> next = elsewhere.createTestProbe();
    hello(next);
    next.expectMessage(WELCOME);
    ready(next);

    next.expectMessage(new ToNode.Admitted(EPOCH, 1, "node-0"));
  }

  @Test
  void aNodeThatIsGoneGivesItsWorkBackAndItsWorkersStop() {
    admit(node);
    ActorRef<SamplerCommand> sampler = sampler();
    TestProbe<Object> pool = order();

    gone(node);
    pool.expectMessage(new WorkerEvent.GivenBack<>(7, sampler, "can't be reached", null));
    time.timePasses(Duration.ofSeconds(5));

    pool.expectTerminated(sampler);
  }

  @Test
  void aNodeThatIsUnreachableGetsNoWorkUntilItIsHeardAgain() {
    admit(node);
    ActorRef<SamplerCommand> sampler = sampler();
    TestProbe<Object> pool = order();

    nodes.tell(new NodeEvent.NodeUnreachable(unique(node)));
    pool.expectMessage(new WorkerEvent.GivenBack<>(7, sampler, "can't be reached", null));
    expectNoSampler();
    nodes.tell(new NodeEvent.NodeReachable(unique(node)));

    assertThat(sampler()).isEqualTo(sampler);
  }

  @Test
  void aNodeThatLeavesEndsItsWorkAndGetsNoMore() {
    admit(node);
    TestProbe<Object> pool = kit.createTestProbe(Object.class);
    sampler()
        .tell(
            new DrawSequences(
                new DrawOrder(7, 0, Purpose.TRAINING, 1).begunWith(WEIGHTS),
                pool.getRef().unsafeUpcast()));
    pool.expectMessageClass(WorkerEvent.Begun.class);
    ToSlot.DrawLease lease = slot.expectMessageClass(ToSlot.DrawLease.class);
    lease.replyTo().tell(new FromSlot.Received(lease.id()));

    nodes.tell(new Leaving("it was stopped", node.getRef()));

    settle();
    expectNoSampler();
    pool.expectNoMessage(Duration.ZERO);
  }

  @Test
  void aNodeThatLeavesGetsNoMoreWorkAfterASilence() {
    admit(node);
    ActorRef<SamplerCommand> sampler = sampler();
    nodes.tell(new Leaving("it was stopped", node.getRef()));
    nodes.tell(new NodeEvent.NodeUnreachable(unique(node)));
    nodes.tell(new NodeEvent.NodeReachable(unique(node)));
    TestProbe<Object> pool = kit.createTestProbe();
    settle();

    sampler.tell(
        new DrawSequences(
            new DrawOrder(7, 0, Purpose.TRAINING, 1).begunWith(WEIGHTS),
            pool.getRef().unsafeUpcast()));
    slot.expectMessageClass(ToSlot.DrawLease.class);

    expectNoSampler();
  }

  /** Returns when the node's link has handled what it was told. */
  private void settle() {
    time.timePasses(Duration.ofSeconds(5));
    node.expectMessageClass(ToNode.Ping.class);
  }

  @Test
  void aNodeOneOfWhoseWorkersHangsIsDismissed() {
    admit(node);
    ActorRef<Object> sampler = sampler().unsafeUpcast();

    sampler.tell(new RemoteWorker.GivenUp("one of its samplers hangs"));

    assertThat(node.expectMessageClass(ToNode.Dismissed.class).reason()).contains("hangs");
    nodes.tell(new NodeEvent.NodeUnreachable(unique(node)));
    nodes.tell(new NodeEvent.NodeReachable(unique(node)));
    settle();
    expectNoSampler();
  }

  @Test
  void aNodeIsPingedUntilItIsGone() {
    admit(node);
    time.timePasses(Duration.ofSeconds(5));
    ToNode.Ping ping = node.expectMessageClass(ToNode.Ping.class);
    nodes.tell(new Pong(ping.sentNanos(), node.getRef()));
    time.timePasses(Duration.ofSeconds(5));
    node.expectMessageClass(ToNode.Ping.class);
    TestProbe<Object> pool = order();

    gone(node);
    pool.expectMessageClass(WorkerEvent.GivenBack.class);
    time.timePasses(Duration.ofSeconds(20));

    node.expectNoMessage(Duration.ZERO);
  }

  private NodeStatus status() {
    List<NodeStatus> present = records.get();
    assertThat(present).hasSize(1);
    return present.get(0);
  }

  private void expectState(NodeState state) {
    node.awaitAssert(
        () -> {
          assertThat(status().state()).isEqualTo(state);
          assertThat(metrics.value(Metric.NODES, state.name())).isEqualTo(1);
          return null;
        });
  }

  @Test
  void theStateOfANodeIsRecorded() {
    hello(node);
    expectState(NodeState.JOINING);
    nodes.tell(new NodeEvent.NodeUnreachable(unique(node)));
    expectState(NodeState.UNREACHABLE);
    nodes.tell(new NodeEvent.NodeReachable(unique(node)));
    expectState(NodeState.JOINING);
    ready(node);
    expectState(NodeState.AVAILABLE);
    nodes.tell(new NodeEvent.NodeUnreachable(unique(node)));
    expectState(NodeState.UNREACHABLE);
    nodes.tell(new NodeEvent.NodeReachable(unique(node)));
    nodes.tell(new Leaving("it was stopped", node.getRef()));
    expectState(NodeState.LEAVING);

    gone(node);
    node.awaitAssert(
        () -> {
          assertThat(records.get()).isEmpty();
          return null;
        });
    for (NodeState state : NodeState.values()) {
      assertThat(metrics.value(Metric.NODES, state.name())).isZero();
    }
    assertThat(metrics.value(Metric.NODES_LOST_TOTAL, "unreachable")).as("it has left").isZero();
  }

  @Test
  void losesAndRefusalsAreCountedByReason() {
    admit(node);
    TestProbe<ToNode> other = elsewhere.createTestProbe();
    hello(other);
    other.expectMessageClass(ToNode.Refused.class);
    admit(kit.createTestProbe(ToNode.class)); // at the same address
    gone(node);
    hello(other);
    other.expectMessage(WELCOME);

    assertThat(metrics.value(Metric.NODES_REFUSED_TOTAL, "full")).isEqualTo(1);
    assertThat(metrics.value(Metric.NODES_LOST_TOTAL, "replaced")).isEqualTo(1);
    assertThat(metrics.value(Metric.NODES_LOST_TOTAL, "unreachable")).isEqualTo(1);
  }

  @Test
  void whatIsSaidOfUnknownNodesIsIgnored() {
    nodes.tell(new NodeEvent.NodeUp(unique(node)));
    nodes.tell(new NodeEvent.NodeUnreachable(unique(node)));
    nodes.tell(new NodeEvent.NodeReachable(unique(node)));
    nodes.tell(new Leaving("it was stopped", node.getRef()));
    nodes.tell(new Pong(1, node.getRef()));
    gone(node);

    admit(node);
  }

  private Answer answer(Function<CompletableFuture<Answer>, NodeRequest> request) throws Exception {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    nodes.tell(request.apply(answer));
    return answer.get(10, TimeUnit.SECONDS);
  }

  private String hostPort() {
    return Node.hostPort(node.getRef().path().address());
  }

  @Test
  void aNodeThatIsDrainedGetsNoMoreWorkAndIsToldUntilItIsGone() throws Exception {
    admit(node);
    TestProbe<Object> pool = order();

    assertThat(answer(answer -> new NodeRequest.Drain("node-0", answer)))
        .isEqualTo(
            new Done(
                "node-0 (%s) finishes what it is at, leaves, and its process ends with exit code 0"
                    .formatted(hostPort())));
    ToNode.Drain drain = new ToNode.Drain("asked for by an operator");
    node.expectMessage(drain);
    expectNoSampler();
    pool.expectNoMessage(Duration.ZERO);
    settle();
    node.expectMessage(drain);
    nodes.tell(new Leaving(drain.reason(), node.getRef()));
    gone(node);

    expectNotes(What.JOINED, "1 sampler and 0 scorers", What.LEFT, drain.reason());
  }

  @Test
  void aNodeThatIsDismissedGivesItsWorkBackAtOnce() throws Exception {
    admit(node);
    ActorRef<SamplerCommand> sampler = sampler();
    TestProbe<Object> pool = order();

    assertThat(answer(answer -> new NodeRequest.Dismiss(hostPort(), answer)))
        .isInstanceOf(Done.class);
    ToNode.Dismissed dismissed = new ToNode.Dismissed("asked for by an operator");
    node.expectMessage(dismissed);
    pool.expectMessage(new WorkerEvent.GivenBack<>(7, sampler, "can't be reached", null));
    settle();
    node.expectMessage(dismissed);
  }

  @Test
  void aNodeThatIsNotYetAdmittedIsToldDirectly() throws Exception {
    hello(node);
    node.expectMessage(WELCOME);
    assertThat(answer(answer -> new NodeRequest.Drain("node-0", answer))).isInstanceOf(Done.class);
    node.expectMessageClass(ToNode.Drain.class);
    assertThat(answer(answer -> resize("node-0", 2, answer)))
        .isEqualTo(new Unable("node-0 (%s) is not yet ready to work".formatted(hostPort())));
  }

  @Test
  void whoAsksForANodeThatIsNotThereIsToldWhichThereAre() throws Exception {
    assertThat(answer(answer -> new NodeRequest.Drain("node-0", answer)))
        .isEqualTo(new Unable("there is no node \"node-0\"; the run has none now"));
    admit(node);
    assertThat(answer(answer -> new NodeRequest.Dismiss("node-1", answer)))
        .isEqualTo(
            new Unable(
                "there is no node \"node-1\"; the nodes are [node-0 (%s)]".formatted(hostPort())));
    assertThat(answer(answer -> resize("node-1", 2, answer))).isInstanceOf(Unable.class);
  }

  private static NodeRequest resize(String name, int samplers, CompletableFuture<Answer> answer) {
    return new NodeRequest.Resize(
        Map.of(name, new NodeRequest.Counts(OptionalInt.of(samplers), OptionalInt.empty())),
        answer);
  }

  private void offer(int number, TestProbe<ToSlot> first, TestProbe<ToSlot> second) {
    List<OfferedSlot> slots = new ArrayList<>();
    for (TestProbe<ToSlot> offered : List.of(first, second)) {
      OfferedSlot each = new OfferedSlot(SlotKind.SAMPLER, "cpu", offered.getRef());
      if (!slots.contains(each)) {
        slots.add(each);
      }
    }
    nodes.tell(new Ready(EPOCH, number, "class", slots, node.getRef()));
    node.expectMessage(new ToNode.Admitted(EPOCH, number, "node-0"));
  }

  private void expectSamplers(int count) {
    node.awaitAssert(
        () -> {
          assertThat(registered(SamplerCommand.KEY)).hasSize(count);
          return null;
        });
  }

  @Test
  void aNodeIsAskedForMoreSlotsUntilItHasThem() throws Exception {
    admit(node);
    assertThat(answer(answer -> resize("node-0", 2, answer)))
        .isEqualTo(
            new Done(
                "node-0, with 1 sampler and 0 scorers, will have 2 samplers; who is at work"
                    + " finishes it first (until the node's process ends)"));
    ToNode.Provide provide = new ToNode.Provide(2, 0);
    node.expectMessage(provide);
    settle();
    node.expectMessage(provide);

    offer(2, slot, kit.createTestProbe(ToSlot.class));

    expectSamplers(2);
    settle();
    node.expectNoMessage(Duration.ZERO);
    expectNotes(What.JOINED, "1 sampler and 0 scorers", What.RESIZED, "2 samplers and 0 scorers");
  }

  @Test
  void aSlotTooManyIsReleasedWhenItsWorkIsDone() throws Exception {
    admit(node);
    TestProbe<Object> pool = kit.createTestProbe();
    sampler()
        .tell(
            new DrawSequences(
                new DrawOrder(7, 0, Purpose.TRAINING, 1).begunWith(WEIGHTS),
                pool.getRef().unsafeUpcast()));
    ToSlot.DrawLease lease = slot.expectMessageClass(ToSlot.DrawLease.class);
    ActorRef<SamplerCommand> sampler = sampler();
    assertThat(answer(answer -> resize("node-0", 0, answer))).isInstanceOf(Done.class);
    expectNoSampler();

    lease.replyTo().tell(new FromSlot.Drawn(lease.id(), Draws.draw(lease.order()), WorkTime.NONE));
    pool.expectMessageClass(WorkerEvent.Begun.class);
    pool.expectMessageClass(WorkerEvent.Finished.class);
    slot.expectMessageClass(ToSlot.Accepted.class);
    time.timePasses(Duration.ofSeconds(5));
    pool.expectTerminated(sampler);

    ToSlot.Release release = new ToSlot.Release("the node shall have fewer");
    slot.expectMessage(release);
    time.timePasses(Duration.ofSeconds(5));
    slot.expectMessage(release); // it may have been lost
  }

  @Test
  void anOldOfferOfSlotsChangesNothing() {
    admit(node);
    TestProbe<ToSlot> second = kit.createTestProbe(ToSlot.class);
    offer(3, slot, second);
    expectSamplers(2);
    offer(2, slot, slot);
    settle();
    expectSamplers(2);
  }

  @Test
  void aSlotThatIsNotOfferedAnyMoreGivesItsWorkBack() {
    admit(node);
    ActorRef<SamplerCommand> sampler = sampler();
    TestProbe<Object> pool = order();

    TestProbe<ToSlot> other = kit.createTestProbe(ToSlot.class);
    offer(2, other, slot);
    offer(3, other, other);

    pool.expectMessage(new WorkerEvent.GivenBack<>(7, sampler, "can't be reached", null));
    assertThat(ProposalConfirmed.name(sampler)).isEqualTo("sampler-0@node-0");
    offer(4, other, kit.createTestProbe(ToSlot.class));
    node.awaitAssert(
        () -> {
          assertThat(registered(SamplerCommand.KEY))
              .as("a place that has become free is taken")
              .extracting(ProposalConfirmed::name)
              .containsExactlyInAnyOrder("sampler-1@node-0", "sampler-0@node-0");
          return null;
        });
  }

  private void expectNotes(What first, String reason, What second, String secondReason) {
    notes.expectMessage(new NodeNote(hostPort(), "node-0", first, reason));
    notes.expectMessage(new NodeNote(hostPort(), "node-0", second, secondReason));
  }

  @Test
  void aRefusalIsNotedOnceHoweverOftenTheNodeAsks() {
    refusalOfHello = Optional.of(new Refusal(RefusalReason.PROTOCOL, "another protocol"));
    for (int i = 0; i < 3; i++) {
      hello(node);
      node.expectMessage(new ToNode.Refused("another protocol"));
    }
    refusalOfHello = Optional.of(new Refusal(RefusalReason.PROTOCOL, "another token"));
    hello(node);
    node.expectMessage(new ToNode.Refused("another token"));

    notes.expectMessage(new NodeNote(hostPort(), "", What.REFUSED, "another protocol"));
    notes.expectMessage(new NodeNote(hostPort(), "", What.REFUSED, "another token"));
    notes.expectNoMessage(Duration.ZERO);
  }

  @Test
  void whatANodeHasSaidBeforeItWasGoneBringsItNotBack() {
    admit(node);
    gone(node);
    nodes.tell(new Hello(1, 1, "build", "", "", node.getRef()));

    node.expectNoMessage(Duration.ofMillis(100));
    assertThat(records.get()).isEmpty();
  }

  @Test
  void aNodeThatIsKnownAndSpeaksAnotherProtocolNowIsRefused() {
    hello(node);
    node.expectMessage(WELCOME);
    refusalOfHello = Optional.of(new Refusal(RefusalReason.PROTOCOL, "another protocol"));
    hello(node);
    node.expectMessage(new ToNode.Refused("another protocol"));
  }

  private static void end(ActorPath actor) {
    Adapter.toClassic(kit.system())
        .actorSelection(actor)
        .tell(PoisonPill.getInstance(), org.apache.pekko.actor.ActorRef.noSender());
  }

  @Test
  void aNodeOfWhoseWorkersOneHasFailedOnTheTrainerIsDismissed() {
    admit(node);

    end(sampler().path());

    assertThat(node.expectMessageClass(ToNode.Dismissed.class).reason()).contains("has failed");
    node.expectNoMessage(Duration.ZERO);
  }

  @Test
  void aNodeWhoseLinkHasFailedIsDismissed() {
    admit(node);

    end(sampler().path().parent());

    assertThat(node.expectMessageClass(ToNode.Dismissed.class).reason()).contains("has failed");
    assertThat(records.get()).isEmpty();
    expectNoSampler();
    time.timePasses(Duration.ofSeconds(3));
    node.expectMessageClass(ToNode.Dismissed.class); // once more, should the first be lost
    gone(node);
    time.timePasses(Duration.ofSeconds(3));
    node.expectNoMessage(Duration.ZERO);
    expectNotes(
        What.JOINED,
        "1 sampler and 0 scorers",
        What.LOST,
        "dismissed: what the trainer has for this node has failed");
  }

  @Test
  void aNodeThatWasNotAskedToGoIsLost() {
    admit(node);
    gone(node);
    expectNotes(What.JOINED, "1 sampler and 0 scorers", What.LOST, "it stayed unreachable");
  }
}
