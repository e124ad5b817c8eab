package io.tributary.cluster.remote;

import io.tributary.config.ClusterConfig;
import io.tributary.config.ClusterConfig.Audit;
import io.tributary.data.Draw;
import io.tributary.data.DrawOrder;
import io.tributary.data.Seeds;
import io.tributary.data.Sequence;
import io.tributary.data.WeightSnapshot;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a share of the sequences that nodes have drawn scored again by the trainer, under the very
 * weights that they were drawn with. Nothing else can tell a sampler that draws from another
 * distribution than it says: its sequences look like any others, and bias every estimate.
 *
 * <p>Nothing waits for it. It has one thread, which is busy for at most a twentieth of the time;
 * what comes while it is busy or rests is skipped, and counted. Which sequences are chosen depends
 * on the seed and their numbers alone. Thread-safe.
 */
public final class DrawAudit implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DrawAudit.class);

  /** It rests so many times as long as it was busy. */
  private static final int REST = 19;

  private static final int STOP_SECONDS = 5;

  /** Scores sequences a second time. */
  public interface Scoring extends AutoCloseable {

    /** log q(x) of each sequence in nats; blocks. */
    double[] logProposals(WeightSnapshot proposal, List<Sequence> sequences);

    @Override
    void close();
  }

  private final Audit settings;
  private final long seed;
  private final Supplier<Scoring> scoring;
  private final Consumer<NodeNote> notes;
  private final ThreadPoolExecutor executor;
  private @Nullable Scoring own; // made, used and freed by the executor's thread alone
  private volatile long restsUntil = System.nanoTime();

  /**
   * An audit.
   *
   * @param seed of the run
   * @param scoring makes what scores; called by the audit's thread, before its first use
   * @param notes is told of sequences whose log q disagrees; must not block
   */
  public DrawAudit(Audit settings, long seed, Supplier<Scoring> scoring, Consumer<NodeNote> notes) {
    this.settings = settings;
    this.seed = seed;
    this.scoring = scoring;
    this.notes = notes;
    this.executor =
        new ThreadPoolExecutor( // what waits keeps old weights in memory: one at most
            1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1), DrawAudit::thread);
  }

  private static Thread thread(Runnable body) {
    Thread thread = new Thread(body, "audit");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Checks a draw, soon or not at all.
   *
   * @param proposal what it was to be drawn with
   */
  void check(NodeRecord node, ActorRef<NodeLink.Command> link, Draw draw, WeightSnapshot proposal) {
    List<Sequence> chosen = draw.sequences().stream().filter(this::isChosen).toList();
    if (chosen.isEmpty()
        || draw.purpose() == DrawOrder.Purpose.FITTING // of the base model, whatever is published
        || draw.proposalVersion() != proposal.version().number()) { // which the pool refuses
      return;
    }
    if (restsUntil - System.nanoTime() > 0) {
      node.auditSkipped(chosen.size());
      return;
    }
    try {
      executor.execute(() -> audit(node, link, chosen, proposal));
    } catch (RejectedExecutionException e) {
      node.auditSkipped(chosen.size());
    }
  }

  private boolean isChosen(Sequence sequence) {
    long hash = Seeds.seed(seed, Seeds.Purpose.AUDIT, sequence.draw(), sequence.index());
    return (hash >>> 11) * 0x1p-53 < settings.share() && Double.isFinite(sequence.logProposal());
  }

  private void audit(
      NodeRecord node,
      ActorRef<NodeLink.Command> link,
      List<Sequence> chosen,
      WeightSnapshot proposal) {
    long start = System.nanoTime();
    try {
      Scoring scorer = own == null ? scoring.get() : own;
      own = scorer;
      double[] again = scorer.logProposals(proposal, chosen);
      for (int i = 0; i < again.length; i++) {
        compare(node, link, chosen.get(i), again[i]);
      }
    } catch (RuntimeException e) {
      LOG.warn("draw {} of {} can't be audited", chosen.get(0).draw(), node.name(), e);
      node.auditSkipped(chosen.size());
    } finally {
      long end = System.nanoTime();
      restsUntil = end + REST * (end - start);
    }
  }

  private void compare(
      NodeRecord node, ActorRef<NodeLink.Command> link, Sequence sequence, double again) {
    double difference = Math.abs(again - sequence.logProposal());
    node.audited(difference);
    if (difference <= settings.boundNats()) {
      return;
    }
    String reason =
        "log q of sequence %d of draw %d under proposal %d is %.6f as drawn and %.6f as scored again: %.3g nats apart, cluster.audit-bound-nats = %s"
            .formatted(
                sequence.index(),
                sequence.draw(),
                sequence.proposalVersion(),
                sequence.logProposal(),
                again,
                difference,
                settings.boundNats());
    LOG.warn("{}: {}", node.name(), reason);
    notes.accept(new NodeNote(node.address(), node.name(), NodeNote.What.DISAGREED, reason));
    if (settings.action() == ClusterConfig.AuditAction.DISMISS) {
      link.tell(new NodeLink.Dismiss(reason));
    }
  }

  /** Ends it; what waits is dropped. */
  @Override
  public void close() {
    executor.shutdownNow();
    try {
      if (executor.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS) && own != null) {
        own.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
