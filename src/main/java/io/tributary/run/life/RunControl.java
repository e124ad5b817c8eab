package io.tributary.run.life;

import io.tributary.cluster.remote.NodeRequest;
import io.tributary.config.binding.ConfigException;
import io.tributary.protocol.ServiceControl;
import io.tributary.protocol.ServiceControl.ConfigView;
import io.tributary.run.files.AuditLog;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes operators' requests on to the guardian, and ensures that each is answered within a
 * deadline and recorded in the audit log. A thread of its own waits for the disk, and writes in the
 * order of the answers.
 */
final class RunControl implements ServiceControl {
  private static final Logger LOG = LoggerFactory.getLogger(RunControl.class);
  private static final Duration LAST_WAIT = Duration.ofSeconds(5);

  private final ActorRef<GuardianCommand> guardian;
  private final LiveConfig config;
  private final AuditLog audit;
  private final @Nullable Consumer<NodeRequest> nodes;
  private final BooleanSupplier isOver;
  private final Duration deadline;
  private final Clock clock;
  private final ThreadPoolExecutor records =
      new ThreadPoolExecutor(
          1,
          1,
          1,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          work -> {
            Thread thread = new Thread(work, "operator-records");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param nodes takes requests for nodes; null without a cluster
   * @param isOver whether the run is over, so that the guardian may be gone
   * @param deadline time after which a pending request is answered
   */
  RunControl(
      ActorRef<GuardianCommand> guardian,
      LiveConfig config,
      AuditLog audit,
      @Nullable Consumer<NodeRequest> nodes,
      BooleanSupplier isOver,
      Duration deadline,
      Clock clock) {
    this.guardian = guardian;
    this.config = config;
    this.audit = audit;
    this.nodes = nodes;
    this.isOver = isOver;
    this.deadline = deadline;
    this.clock = clock;
    records.allowCoreThreadTimeOut(true);
  }

  @Override
  public CompletionStage<Answer> perform(Action action, String from) {
    Instant at = clock.instant();
    return ask(
        answer -> guardian.tell(new GuardianCommand.Perform(action, answer)),
        answer -> audit.action(at, from, action, answer));
  }

  @Override
  public CompletionStage<Answer> perform(NodeAction action, String node, String from) {
    Instant at = clock.instant();
    return ask(
        answer ->
            askNodes(
                switch (action) {
                  case DRAIN_NODE -> new NodeRequest.Drain(node, answer);
                  case DISMISS_NODE -> new NodeRequest.Dismiss(node, answer);
                }),
        answer -> audit.action(at, from, action, node, answer));
  }

  private void askNodes(NodeRequest request) {
    if (nodes == null) {
      request
          .answer()
          .complete(new Invalid("this run has no nodes: its configuration has no section cluster"));
    } else {
      nodes.accept(request);
    }
  }

  private void resize(Map<String, String> values, CompletableFuture<Answer> answer) {
    try {
      askNodes(new NodeRequest.Resize(NodeCounts.of(values), answer));
    } catch (ConfigException e) {
      answer.complete(new Invalid(String.valueOf(e.getMessage())));
    }
  }

  @Override
  public CompletionStage<Answer> change(Map<String, String> values, String from) {
    Instant at = clock.instant();
    if (NodeCounts.areIn(values)) {
      return ask(
          answer -> resize(values, answer),
          answer -> audit.change(at, from, config.view(), values, answer));
    }
    CompletableFuture<ConfigView> before = new CompletableFuture<>();
    Map<String, String> given = Map.copyOf(values);
    return ask(
        answer -> guardian.tell(new GuardianCommand.Change(given, from, at, before, answer)),
        answer -> {
          if (answer instanceof Done) {
            config.recordChange();
          }
          audit.change(at, from, before.getNow(config.view()), given, answer);
        });
  }

  private CompletionStage<Answer> ask(
      Consumer<CompletableFuture<Answer>> question, Consumer<Answer> record) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    if (isOver.getAsBoolean()) {
      answer.complete(new Unable("the run is over"));
    } else {
      question.accept(answer);
    }
    return answer
        .exceptionally(failure -> new Unable("it failed: " + FailureCause.of(failure).getMessage()))
        .completeOnTimeout(
            new Unable(
                "not done within %d s; if it waits for the current step, it will be done after that, and the log says so"
                    .formatted(deadline.toSeconds())),
            deadline.toMillis(),
            TimeUnit.MILLISECONDS)
        .whenCompleteAsync((given, failure) -> record.accept(given), records);
  }

  /** Waits a short while until all answers are recorded. */
  void finish() {
    try {
      records.submit(() -> {}).get(LAST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("the last actions of operators may be missing in audit.jsonl", e);
    }
  }

  @Override
  public ConfigView config() {
    return config.view();
  }
}
