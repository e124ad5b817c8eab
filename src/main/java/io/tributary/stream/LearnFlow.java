package io.tributary.stream;

import io.tributary.data.Batch;
import io.tributary.protocol.LearnerCommand.BatchLearned;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.apache.pekko.Done;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.InHandler;
import org.apache.pekko.stream.stage.OutHandler;
import org.jspecify.annotations.Nullable;

/**
 * Passes batches to the learner one at a time, none while learning is paused. The stream completes
 * with the answer that finishes the run.
 */
final class LearnFlow extends GraphStage<FlowShape<Batch, BatchLearned>> {
  private final Inlet<Batch> in = Inlet.create("LearnFlow.in");
  private final Outlet<BatchLearned> out = Outlet.create("LearnFlow.out");
  private final StreamSettings settings;
  private final Function<Batch, CompletionStage<BatchLearned>> learn;
  private final LongConsumer advance;

  /**
   * @param advance told the version of the proposal after each batch
   */
  LearnFlow(
      StreamSettings settings,
      Function<Batch, CompletionStage<BatchLearned>> learn,
      LongConsumer advance) {
    this.settings = settings;
    this.learn = learn;
    this.advance = advance;
  }

  @Override
  public FlowShape<Batch, BatchLearned> shape() {
    return FlowShape.of(in, out);
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic();
  }

  private record Answer(@Nullable BatchLearned learned, @Nullable Throwable failure) {}

  private final class Logic extends GraphStageLogic implements InHandler, OutHandler {
    private final AsyncCallback<Answer> answers = createAsyncCallback(this::onAnswer);
    private final AsyncCallback<Done> changes = createAsyncCallback(changed -> learnNext());
    private @Nullable Batch held;
    private boolean learning;

    Logic() {
      super(LearnFlow.this.shape());
      setHandlers(in, out, this);
    }

    @Override
    public void onPush() {
      held = grab(in);
      learnNext();
    }

    @Override
    public void onUpstreamFinish() {
      if (!learning && held == null) {
        completeStage();
      }
    }

    @Override
    public void onPull() {
      pull(in);
    }

    @Override
    public void preStart() {
      settings.onChange(() -> changes.invoke(Done.getInstance()));
    }

    private void learnNext() {
      Batch batch = held;
      if (batch == null || settings.paused().learning()) {
        return;
      }
      held = null;
      learning = true;
      var unused =
          learn.apply(batch).whenComplete((l, failure) -> answers.invoke(new Answer(l, failure)));
    }

    private void onAnswer(Answer answer) {
      learning = false;
      BatchLearned learned = answer.learned();
      if (learned == null) {
        failStage(cause(answer.failure()));
        return;
      }
      if (!learned.finished()) {
        advance.accept(learned.proposalVersion());
      }
      push(out, learned);
      if (learned.finished() || isClosed(in)) {
        completeStage();
      }
    }
  }

  private static Throwable cause(@Nullable Throwable failure) {
    if (failure == null) {
      return new IllegalStateException("the learner's answer to a batch was null");
    }
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}
