package io.tributary.stage.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.metrics.Label.FailureReason;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.ProposalConfirmed;
import io.tributary.protocol.PublisherCommand;
import io.tributary.protocol.PublisherCommand.ReplaceProposal;
import io.tributary.protocol.SamplerCommand;
import io.tributary.protocol.SamplerCommand.TakeOver;
import io.tributary.protocol.SamplerCommand.TakenOver;
import io.tributary.protocol.WorkerLost;
import io.tributary.testing.Commands;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PublisherTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final WeightSnapshot FIRST = snapshot(1);
  private static final WeightSnapshot SECOND = snapshot(2);

  private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
  private final ManualTime time = ManualTime.get(kit.system());
  private final RunMetrics metrics = new RunMetrics(Map.of(), Clock.systemUTC());
  private TestProbe<ProposalConfirmed> listener;
  private TestProbe<WorkerLost> guardian;
  private ActorRef<PublisherCommand> publisher;

  @BeforeEach
  void spawn() {
    listener = kit.createTestProbe(ProposalConfirmed.class);
    guardian = kit.createTestProbe(WorkerLost.class);
    publisher = kit.spawn(behavior(listener.getRef()));
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private Behavior<PublisherCommand> behavior(ActorRef<ProposalConfirmed> to) {
    return Publisher.create(TIMEOUT, metrics, to, guardian.getRef());
  }

  private static WeightSnapshot snapshot(long version) {
    return new WeightSnapshot(new WeightVersion(version, "fingerprint " + version), List.of());
  }

  /** A sampler of this place; the number of its incarnation follows the dot. */
  private TestProbe<SamplerCommand> sampler(int place, int incarnation) {
    TestProbe<SamplerCommand> sampler =
        kit.createTestProbe("sampler-" + place + "." + incarnation, SamplerCommand.class);
    kit.system().receptionist().tell(Receptionist.register(SamplerCommand.KEY, sampler.getRef()));
    return sampler;
  }

  private static TakeOver expectDelivery(
      TestProbe<SamplerCommand> sampler, WeightSnapshot proposal) {
    TakeOver delivery = sampler.expectMessageClass(TakeOver.class);
    assertThat(delivery.proposal()).isSameAs(proposal);
    return delivery;
  }

  private static void confirm(
      TestProbe<SamplerCommand> sampler, TakeOver delivery, String fingerprint) {
    long version = delivery.proposal().version().number();
    delivery.replyTo().tell(new TakenOver(sampler.getRef(), version, fingerprint));
  }

  private static void confirm(TestProbe<SamplerCommand> sampler, TakeOver delivery) {
    confirm(sampler, delivery, delivery.proposal().version().fingerprint());
  }

  /** Waits until the listener hears this; what it hears before is passed over. */
  private void awaitReport(long version, Map<String, Long> samplers) {
    ProposalConfirmed report = listener.receiveMessage();
    while (report.version() != version || !report.byName().equals(samplers)) {
      report = listener.receiveMessage(); // that was an earlier state
    }
  }

  private double failures(String reason) {
    return metrics.value(Metric.WEIGHTS_PUBLISH_FAILURES_TOTAL, reason);
  }

  @Test
  void everySamplerGetsTheProposalAndLateOnesToo() {
    TestProbe<SamplerCommand> early = sampler(0, 0);
    publisher.tell(new ReplaceProposal(FIRST));
    confirm(early, expectDelivery(early, FIRST));
    awaitReport(1, Map.of("sampler-0", 1L));

    TestProbe<SamplerCommand> late = sampler(1, 1);
    confirm(late, expectDelivery(late, FIRST));
    awaitReport(1, Map.of("sampler-0", 1L, "sampler-1", 1L));

    publisher.tell(new ReplaceProposal(SECOND));
    confirm(late, expectDelivery(late, SECOND));
    awaitReport(2, Map.of("sampler-0", 1L, "sampler-1", 2L));
    confirm(early, expectDelivery(early, SECOND));
    awaitReport(2, Map.of("sampler-0", 2L, "sampler-1", 2L));
    assertThat(metrics.value(Metric.PROPOSAL_VERSION)).isEqualTo(2);
    assertThat(metrics.value(Metric.SAMPLER_PROPOSAL_VERSION, "sampler-1")).isEqualTo(2);
    assertThat(metrics.value(Metric.WEIGHTS_PUBLISH_DURATION_SECONDS)).isPositive();
  }

  @Test
  void aSamplerThatConfirmsNothingIsGivenUpHoweverManyProposalsFollow() {
    TestProbe<SamplerCommand> prompt = sampler(0, 0);
    TestProbe<SamplerCommand> silent = sampler(1, 1);
    publisher.tell(new ReplaceProposal(FIRST));
    confirm(prompt, expectDelivery(prompt, FIRST));
    expectDelivery(silent, FIRST);
    awaitReport(1, Map.of("sampler-0", 1L));
    time.timePasses(TIMEOUT.multipliedBy(3));
    publisher.tell(new ReplaceProposal(SECOND));
    confirm(prompt, expectDelivery(prompt, SECOND));
    expectDelivery(silent, SECOND);
    awaitReport(2, Map.of("sampler-0", 2L));
    time.timePasses(TIMEOUT.minusMillis(1));
    guardian.expectNoMessage(Duration.ZERO);

    time.timePasses(Duration.ofMillis(1));

    assertThat(guardian.receiveMessage())
        .isEqualTo(
            new WorkerLost(
                silent.getRef(),
                FailureReason.UNCONFIRMED,
                "confirmed no proposal for %d s, 2 is the current one"
                    .formatted(TIMEOUT.multipliedBy(4).toSeconds())));
    time.timePasses(TIMEOUT.multipliedBy(10));
    guardian.expectNoMessage(Duration.ZERO);
  }

  @Test
  void aSamplerThatLagsBehindButConfirmsIsNotGivenUp() {
    TestProbe<SamplerCommand> slow = sampler(0, 0);
    publisher.tell(new ReplaceProposal(FIRST));
    TakeOver first = expectDelivery(slow, FIRST);
    publisher.tell(new ReplaceProposal(SECOND));
    TakeOver second = expectDelivery(slow, SECOND);
    time.timePasses(TIMEOUT.multipliedBy(3));
    confirm(slow, first);
    publisher.tell(new ReplaceProposal(SECOND));
    expectDelivery(slow, SECOND);
    time.timePasses(TIMEOUT.multipliedBy(3));
    guardian.expectNoMessage(Duration.ZERO);
    confirm(slow, second);
    awaitReport(2, Map.of("sampler-0", 2L));
    time.timePasses(TIMEOUT.multipliedBy(10));
    guardian.expectNoMessage(Duration.ZERO);
  }

  @Test
  void samplersThatDoNotConfirmInTimeAreCounted() {
    TestProbe<SamplerCommand> prompt = sampler(0, 0);
    TestProbe<SamplerCommand> slow = sampler(1, 1);
    publisher.tell(new ReplaceProposal(FIRST));
    TakeOver delivery = expectDelivery(slow, FIRST);
    confirm(prompt, expectDelivery(prompt, FIRST));
    awaitReport(1, Map.of("sampler-0", 1L));

    time.timePasses(TIMEOUT.minusMillis(1));
    confirm(prompt, delivery);
    awaitReport(1, Map.of("sampler-0", 1L));
    assertThat(failures("timeout")).isZero();

    time.timePasses(Duration.ofMillis(1));
    confirm(slow, delivery);
    awaitReport(1, Map.of("sampler-0", 1L, "sampler-1", 1L));
    assertThat(failures("timeout")).isEqualTo(1);
    assertThat(failures("fingerprint")).isZero();
  }

  @Test
  void whoHasConfirmedInTimeIsNotCounted() {
    TestProbe<SamplerCommand> sampler = sampler(0, 0);
    publisher.tell(new ReplaceProposal(FIRST));
    TakeOver delivery = expectDelivery(sampler, FIRST);
    confirm(sampler, delivery);
    awaitReport(1, Map.of("sampler-0", 1L));
    time.timePasses(TIMEOUT.multipliedBy(2));
    confirm(sampler, delivery);
    awaitReport(1, Map.of("sampler-0", 1L));
    assertThat(failures("timeout")).isZero();
  }

  @Test
  void aWrongFingerprintIsDeliveredAgainOnce() {
    TestProbe<SamplerCommand> sampler = sampler(0, 0);
    publisher.tell(new ReplaceProposal(FIRST));
    confirm(sampler, expectDelivery(sampler, FIRST), "wrong");
    confirm(sampler, expectDelivery(sampler, FIRST), "wrong");

    publisher.tell(new ReplaceProposal(SECOND));
    confirm(sampler, expectDelivery(sampler, SECOND), "wrong");
    confirm(sampler, expectDelivery(sampler, SECOND));
    awaitReport(2, Map.of("sampler-0", 2L));
    assertThat(failures("fingerprint")).isEqualTo(3);
    assertThat(metrics.value(Metric.WEIGHTS_FINGERPRINT_MISMATCHES_TOTAL)).isEqualTo(3);
  }

  @Test
  void confirmationsOfOldProposalsAndStrangersChangeNothing() {
    TestProbe<SamplerCommand> sampler = sampler(0, 0);
    publisher.tell(new ReplaceProposal(FIRST));
    TakeOver old = expectDelivery(sampler, FIRST);
    publisher.tell(new ReplaceProposal(SECOND));
    TakeOver delivery = expectDelivery(sampler, SECOND);
    confirm(sampler, old, "wrong");
    confirm(kit.createTestProbe("stranger", SamplerCommand.class), delivery);
    confirm(sampler, delivery);
    awaitReport(2, Map.of("sampler-0", 2L));
    assertThat(failures("fingerprint")).isZero();
  }

  @Test
  void aReplacementTakesTheNameOfTheOneThatIsGone() {
    TestProbe<SamplerCommand> gone = sampler(0, 0);
    publisher.tell(new ReplaceProposal(FIRST));
    confirm(gone, expectDelivery(gone, FIRST));
    TestProbe<SamplerCommand> replacement = sampler(0, 1);
    confirm(replacement, expectDelivery(replacement, FIRST));
    awaitReport(1, Map.of("sampler-0", 1L));

    TestProbe<SamplerCommand> other = sampler(1, 2);
    gone.stop();
    confirm(other, expectDelivery(other, FIRST));
    awaitReport(1, Map.of("sampler-0", 1L, "sampler-1", 1L));
    assertThat(series()).contains("sampler=\"sampler-0\"", "sampler=\"sampler-1\"");

    replacement.stop();
    awaitReport(1, Map.of("sampler-1", 1L));
    assertThat(series()).doesNotContain("sampler=\"sampler-0\"");
  }

  private String series() {
    return new String(metrics.scrape(null).body(), java.nio.charset.StandardCharsets.UTF_8);
  }

  @Test
  void everyMessageIsHandled() {
    TestInbox<SamplerCommand> sampler = TestInbox.create();
    BehaviorTestKit<Object> alone =
        BehaviorTestKit.create(
            behavior(TestInbox.<ProposalConfirmed>create().getRef()).unsafeCast());
    List<Object> messages =
        new ArrayList<>(Commands.of(PublisherCommand.class, Map.of(WeightSnapshot.class, FIRST)));
    messages.add(new TakenOver(sampler.getRef(), 1, "fingerprint 1"));
    messages.add(new Publisher.SamplerSilent(sampler.getRef()));
    messages.add(new Publisher.ConfirmationDue(1));
    for (Object message : messages) {
      alone.run(message);
      assertThat(Behavior.isUnhandled(alone.returnedBehavior())).as("%s", message).isFalse();
    }
  }
}
