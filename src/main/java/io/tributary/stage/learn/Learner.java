package io.tributary.stage.learn;

import io.tributary.data.Batch;
import io.tributary.metrics.BlockedReason;
import io.tributary.metrics.MetricsJsonl;
import io.tributary.metrics.StageMetrics;
import io.tributary.metrics.WorkClock;
import io.tributary.protocol.EvaluatorCommand;
import io.tributary.protocol.EvaluatorCommand.Evaluate;
import io.tributary.protocol.EvaluatorCommand.Evaluated;
import io.tributary.protocol.EvaluatorCommand.Judge;
import io.tributary.protocol.EvaluatorCommand.Judged;
import io.tributary.protocol.LearnerCommand;
import io.tributary.protocol.LearnerCommand.Adjust;
import io.tributary.protocol.LearnerCommand.BatchLearned;
import io.tributary.protocol.LearnerCommand.CheckpointEnded;
import io.tributary.protocol.LearnerCommand.EvaluationDone;
import io.tributary.protocol.LearnerCommand.JudgementDone;
import io.tributary.protocol.LearnerCommand.Learn;
import io.tributary.protocol.LearnerCommand.NothingToSave;
import io.tributary.protocol.LearnerCommand.ProposalSwapped;
import io.tributary.protocol.LearnerCommand.Saved;
import io.tributary.protocol.LearnerCommand.SwapProposal;
import io.tributary.protocol.LearnerCommand.WriteCheckpoint;
import io.tributary.protocol.LearnerEvent;
import io.tributary.protocol.LearnerSettings;
import io.tributary.protocol.PublisherCommand;
import io.tributary.protocol.PublisherCommand.ReplaceProposal;
import io.tributary.stage.learn.checkpoint.CheckpointWriter;
import io.tributary.stage.learn.checkpoint.Owed;
import io.tributary.stage.learn.update.PolicyTrainer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;

/**
 * Takes gradient steps, one batch at a time, and does what is due after each: publication and
 * replacement of the proposal, evaluation, a copy for a checkpoint, in this order and before it
 * answers. Only then are further draws admitted, so that what a step leads to does not depend on
 * how fast anything is. The copy is written while training goes on, unless training is to wait for
 * it; where the next one is due before it is written, training waits in any case. What a checkpoint
 * says is still owed is done first when the run goes on.
 */
public final class Learner extends AbstractBehavior<LearnerCommand> {
  /** Decision on a proposal that an operator has asked for, in place of a verdict's. */
  public static final String FORCED = "FORCED";

  private final TrainingRun run;
  private StepSchedule schedule;
  private final ActorRef<PublisherCommand> publisher;
  private final ActorRef<EvaluatorCommand> evaluator;
  private final ActorRef<LearnerEvent> events;
  private final StageMetrics metrics;
  private final ActorRef<Judged> judgements;
  private final ActorRef<Evaluated> evaluations;
  private final LineLog lines;
  private final CheckpointWriter checkpoints;
  private @Nullable CompletableFuture<BatchLearned> pending;
  private final List<CompletableFuture<ProposalSwapped>> swaps = new ArrayList<>();
  private @Nullable LearnerSettings adjustment;
  private boolean ready;
  private @Nullable Runnable parked; // the rest of a step that waits for a checkpoint
  private final WorkClock clock;

  /**
   * A learner.
   *
   * @param run makes the state of training; called on the learner's thread
   * @param events hears of everything that happens
   */
  public static Behavior<LearnerCommand> create(
      Supplier<TrainingRun> run,
      StepSchedule schedule,
      ActorRef<PublisherCommand> publisher,
      ActorRef<EvaluatorCommand> evaluator,
      ActorRef<LearnerEvent> events,
      StageMetrics metrics) {
    return Behaviors.setup(
        context ->
            new Learner(context, run.get(), schedule, publisher, evaluator, events, metrics));
  }

  private Learner(
      ActorContext<LearnerCommand> context,
      TrainingRun run,
      StepSchedule schedule,
      ActorRef<PublisherCommand> publisher,
      ActorRef<EvaluatorCommand> evaluator,
      ActorRef<LearnerEvent> events,
      StageMetrics metrics) {
    super(context);
    context.setLoggerName(Learner.class);
    this.run = run;
    this.schedule = schedule;
    this.publisher = publisher;
    this.evaluator = evaluator;
    this.events = events;
    this.metrics = metrics;
    this.clock = metrics.clock();
    clock.waitFor(BlockedReason.INPUT);
    this.judgements = context.messageAdapter(Judged.class, JudgementDone::new);
    this.evaluations = context.messageAdapter(Evaluated.class, EvaluationDone::new);
    this.lines = new LineLog(run::step, events::tell);
    this.checkpoints =
        new CheckpointWriter(
            run.files(),
            context.getSystem().dispatchers().lookup(DispatcherSelector.blocking()),
            context.getSelf()::tell,
            events::tell);
    publisher.tell(new ReplaceProposal(run.proposal()));
    switch (run.owed()) {
      case JUDGEMENT -> judge();
      case EVALUATION -> evaluate();
      case NOTHING -> sayReady();
    }
  }

  private void sayReady() {
    ready = true;
    events.tell(
        new LearnerEvent.Ready(
            getContext().getSelf(), run.proposal().version().number(), run.isBegun() && isLast()));
  }

  @Override
  public Receive<LearnerCommand> createReceive() {
    return newReceiveBuilder()
        .onMessage(Learn.class, this::onLearn)
        .onMessage(JudgementDone.class, this::onJudgementDone)
        .onMessage(EvaluationDone.class, this::onEvaluationDone)
        .onMessage(WriteCheckpoint.class, this::onWriteCheckpoint)
        .onMessage(CheckpointEnded.class, this::onCheckpointEnded)
        .onMessage(SwapProposal.class, this::onSwapProposal)
        .onMessage(Adjust.class, this::onAdjust)
        .onSignal(PreRestart.class, signal -> onEnd())
        .onSignal(PostStop.class, signal -> onEnd())
        .build();
  }

  private Behavior<LearnerCommand> onLearn(Learn command) {
    clock.work();
    long start = System.nanoTime();
    metrics.inflight(command.batch().sequences().size());
    sayActive();
    pending = command.done();
    try {
      if (command.batch() instanceof Batch.Training training) {
        step(training, command.used(), start);
      } else if (command.batch() instanceof Batch.Bootstrap bootstrap) {
        bootstrap(bootstrap, command.used());
      }
    } catch (RuntimeException e) {
      command.done().completeExceptionally(e);
      throw e;
    }
    return this;
  }

  private void sayActive() {
    events.tell(LearnerEvent.Active.INSTANCE);
  }

  private void bootstrap(Batch.Bootstrap bootstrap, Runnable used) {
    run.bootstrap(bootstrap);
    used.run();
    var z = run.partitionFunction();
    events.tell(
        new LearnerEvent.Bootstrapped(bootstrap.sequences().size(), z.value(), z.standardError()));
    evaluate();
  }

  private void step(Batch.Training batch, Runnable used, long start) {
    PolicyTrainer.Step step = run.learn(batch, this::sayActive);
    used.run();
    lines.add(
        () ->
            run.metricsLog()
                .add(MetricsJsonl.step(run.step(), run.sequences(), step.measurements())));
    events.tell(
        new LearnerEvent.Stepped(
            run.step(),
            run.sequences(),
            step.measurements(),
            step.finite(),
            Duration.ofNanos(System.nanoTime() - start)));
    events.tell(
        new LearnerEvent.SequencesLearned(run.learned(batch, LearnerEvent.SequencesLearned.MOST)));
    run.requireFiniteSteps();
    if (evaluationIsDue()) {
      lines.add(() -> run.logSamples(batch));
    }
    boolean publicationIsDue = run.step() % schedule.publishInterval() == 0;
    if (publicationIsDue && run.awaitsFreshWindow()) {
      judge();
      return;
    }
    if (publicationIsDue) {
      publish(run.judgeProposal());
    }
    finishStep();
  }

  private void judge() {
    run.owes(Owed.JUDGEMENT);
    awaitEvaluator();
    evaluator.tell(new Judge(run.step(), run.proposal(), run.policy(), judgements));
  }

  private boolean evaluationIsDue() {
    return run.step() % schedule.evaluationInterval() == 0 || isLast();
  }

  private void finishStep() {
    if (evaluationIsDue()) {
      evaluate();
    } else {
      complete();
    }
  }

  private Behavior<LearnerCommand> onJudgementDone(JudgementDone message) {
    clock.work();
    Judged judged = message.judged();
    publish(run.judgeProposal(judged.logWeights(), judged.logPolicyRatios()));
    finishStep();
    return this;
  }

  private void publish(TrainingRun.Judgement judgement) {
    publish(
        judgement.policyVersion(),
        judgement.verdict().decision().name(),
        judgement.verdict().difference().value());
  }

  private void publish(long version, String decision, double difference) {
    lines.add(() -> run.logVersion(decision));
    if (run.proposal().version().number() == version) {
      publisher.tell(new ReplaceProposal(run.proposal()));
    }
    events.tell(
        new LearnerEvent.ProposalJudged(
            run.step(), version, run.proposal().version().number(), decision, difference));
  }

  private void awaitEvaluator() {
    sayActive();
    clock.waitFor(BlockedReason.EVALUATION);
  }

  private void evaluate() {
    run.owes(Owed.EVALUATION);
    awaitEvaluator();
    evaluator.tell(new Evaluate(run.step(), run.policy(), run.targetMass(), evaluations));
  }

  private Behavior<LearnerCommand> onEvaluationDone(EvaluationDone message) {
    Evaluated evaluation = message.evaluation();
    clock.work();
    lines.add(
        () ->
            run.metricsLog()
                .add(
                    MetricsJsonl.evaluation(
                        evaluation.step(), run.sequences(), evaluation.measurements())));
    run.evaluated(evaluation.measurements());
    events.tell(new LearnerEvent.PolicyEvaluated(evaluation.step(), evaluation.measurements()));
    complete();
    return this;
  }

  private void complete() {
    run.owes(Owed.NOTHING);
    if (isCheckpointDue() && checkpoints.isBusy()) {
      park(this::finishWithCheckpoint);
    } else {
      finishWithCheckpoint();
    }
  }

  /**
   * Goes on when the checkpoint that is being written is on the disk, or has failed: however long
   * that takes, nothing hangs.
   */
  private void park(Runnable rest) {
    clock.waitFor(BlockedReason.CHECKPOINT);
    events.tell(new LearnerEvent.Idle(run.step(), clock.take()));
    checkpoints.await();
    parked = rest;
  }

  private void finishWithCheckpoint() {
    boolean due = isCheckpointDue();
    if (!checkpoints.isBusy() && (due || checkpoints.isAsked())) {
      checkpoints.write(run::checkpoint);
    }
    if (due && !schedule.checkpointsInBackground()) {
      park(this::finish);
    } else {
      finish();
    }
  }

  private void finish() {
    swaps.forEach(this::swap);
    swaps.clear();
    if (adjustment != null) {
      adjust(adjustment);
    }
    metrics.inflight(0);
    clock.waitFor(BlockedReason.INPUT);
    events.tell(new LearnerEvent.Idle(run.step(), clock.take()));
    if (!ready) {
      sayReady();
    }
    CompletableFuture<BatchLearned> answer = pending;
    pending = null;
    if (answer != null) {
      answer.complete(new BatchLearned(run.proposal().version().number(), isLast()));
    }
  }

  private boolean isCheckpointDue() {
    boolean again = checkpoints.isOwed() && run.step() % schedule.publishInterval() == 0;
    return schedule.writesCheckpoints()
        && (!ready
            || again
            || schedule.isCheckpointDue(run.step(), checkpoints.nanosSinceLast())
            || run.isAmongTheBest());
  }

  private Behavior<LearnerCommand> onWriteCheckpoint(WriteCheckpoint command) {
    save(command.done());
    return this;
  }

  /** Has a checkpoint of the present state written, after the one that is being written. */
  private void save(CompletableFuture<Saved> saved) {
    if (!schedule.writesCheckpoints()) {
      saved.complete(new NothingToSave("checkpoint.keep = 0, so that none is ever written"));
    } else if (!run.isBegun()) {
      saved.complete(
          new NothingToSave("Z is not estimated yet, a run that is resumed begins again"));
    } else {
      checkpoints.ask(saved);
      if (!checkpoints.isBusy()) {
        checkpoints.write(run::checkpoint);
      }
    }
  }

  private Behavior<LearnerCommand> onCheckpointEnded(CheckpointEnded end) {
    checkpoints.hear(end);
    Runnable rest = parked;
    if (rest != null) {
      parked = null;
      clock.work();
      sayActive();
      rest.run();
    }
    if (checkpoints.isAsked() && !checkpoints.isBusy()) {
      checkpoints.write(run::checkpoint);
    }
    return this;
  }

  private boolean isBetweenSteps() {
    return ready && pending == null;
  }

  /** While the evaluator judges sequences of the proposal, that one can't be replaced. */
  private Behavior<LearnerCommand> onSwapProposal(SwapProposal command) {
    if (isBetweenSteps()) {
      swap(command.done());
    } else {
      swaps.add(command.done());
    }
    return this;
  }

  private void swap(CompletableFuture<ProposalSwapped> done) {
    OptionalLong version = OptionalLong.empty();
    if (run.step() > 0) {
      run.forceProposal();
      version = OptionalLong.of(run.proposal().version().number());
      publish(version.getAsLong(), FORCED, Double.NaN);
    }
    long step = run.step();
    OptionalLong swapped = version;
    CompletableFuture<Saved> saved = new CompletableFuture<>();
    var unused = saved.thenAccept(it -> done.complete(new ProposalSwapped(step, swapped, it)));
    save(saved);
  }

  private Behavior<LearnerCommand> onAdjust(Adjust command) {
    if (isBetweenSteps()) {
      adjust(command.settings());
    } else {
      adjustment = command.settings();
    }
    return this;
  }

  private void adjust(LearnerSettings settings) {
    adjustment = null;
    schedule = schedule.with(settings);
    run.adjust(settings);
  }

  private boolean isLast() {
    return run.step() >= schedule.lastStep();
  }

  private Behavior<LearnerCommand> onEnd() {
    CompletableFuture<BatchLearned> owed = pending;
    if (owed != null) {
      owed.completeExceptionally(new IllegalStateException("the learner has stopped"));
    }
    swaps.forEach(
        swap -> swap.completeExceptionally(new IllegalStateException("the learner has stopped")));
    checkpoints.stop();
    clock.close();
    metrics.inflight(0);
    run.close();
    return this;
  }
}
