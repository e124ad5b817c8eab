package io.tributary.stage.learn.checkpoint;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.annotations.SerializedName;
import io.tributary.objective.KlPenalty;
import io.tributary.objective.estimate.BestPolicy;
import io.tributary.objective.estimate.ClippedWeights;
import io.tributary.objective.estimate.ControlFit;
import io.tributary.objective.estimate.HeldOut.Standing;
import io.tributary.objective.estimate.PartitionFunction;
import io.tributary.objective.estimate.RunningMean;
import io.tributary.objective.estimate.WeightTails;
import io.tributary.objective.estimate.WindowState;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint holds besides tensors. Training restored from it continues bit for bit.
 *
 * @param step learner steps made
 * @param sequences sequences learned from
 * @param nextDraw number of the first draw that was not used
 * @param optimizerUpdates updates of the optimizer; skipped steps made none
 * @param nonfiniteInARow latest steps in a row that were skipped
 * @param policyVersion highest version given to a policy
 * @param proposalVersion version of the proposal
 * @param proposalSince step after which it became the proposal
 * @param partitionFunction estimate of Z
 * @param signals mean of the objective's signal
 * @param window of the next decision on the proposal
 * @param tails the newest importance weights
 * @param control coefficient of the control variate; null in a checkpoint of a version without
 * @param clipped what clipping has taken out of the weights; null in a checkpoint of a version
 *     without
 * @param lambdas of the target, by feature
 * @param penalty weight of the divergence from the base model
 * @param pendingWork what the step still waits for
 * @param standing of the proposal on the held-out sequences, with the strength of its guide; null
 *     where none was judged on them
 * @param best published policy on the held-out sequences; null where none was judged on them, or in
 *     a checkpoint of a version without
 * @param divergence KL(p||pi) in nats by the evaluation at this step; null if there was none
 * @param identity what has to be the same to resume the run
 */
public record LearnerState(
    long step,
    long sequences,
    long nextDraw,
    long optimizerUpdates,
    int nonfiniteInARow,
    long policyVersion,
    long proposalVersion,
    long proposalSince,
    PartitionFunction.State partitionFunction,
    RunningMean.State signals,
    WindowState window,
    WeightTails.State tails,
    ControlFit.@Nullable State control,
    ClippedWeights.@Nullable State clipped,
    Map<String, Double> lambdas,
    KlPenalty.State penalty,
    @SerializedName("owed") PendingWork pendingWork,
    @Nullable Standing standing,
    @Nullable BestPolicy best,
    @Nullable Double divergence,
    RunIdentity identity) {

  /** What the last step still waits for; a resumed run does it before anything else. */
  public enum PendingWork {
    /** Nothing: the step is finished. */
    NOTHING,
    /** The evaluation of the policy. */
    EVALUATION,
    /** The judgement of the policy on fresh sequences, and then what follows it. */
    JUDGEMENT
  }

  private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

  /**
   * What orders the policies of a run, the best being the least: E_p[ log P - log pi ], the
   * divergence without the estimate of Z at its step, which has changed between two steps. NaN if
   * there is no divergence.
   */
  public double rank() {
    return divergence == null ? Double.NaN : divergence + partitionFunction.estimate().logZ();
  }

  String toJson() {
    return GSON.toJson(this) + "\n";
  }

  /**
   * @throws JsonParseException if it is not the state of a learner
   */
  static LearnerState fromJson(String json) {
    LearnerState state = GSON.fromJson(json, LearnerState.class);
    if (state == null
        || state.partitionFunction() == null
        || state.signals() == null
        || state.window() == null
        || state.tails() == null
        || state.lambdas() == null
        || state.penalty() == null
        || state.pendingWork() == null
        || state.identity() == null) {
      throw new JsonParseException("the state of the learner is incomplete");
    }
    return state;
  }
}
