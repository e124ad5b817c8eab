package io.tributary.metrics;

import io.tributary.config.LiveKey;
import io.tributary.data.NodeState;
import io.tributary.data.ServiceState;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A label of a metric.
 *
 * @param name the label's name
 * @param values all its values; empty if they depend on the run
 */
public record Label(String name, List<String> values) {

  /** A constant of an enum of label values. */
  public interface Value {
    /** The enum constant's name. */
    String name();

    /** The label's value: the name of the constant in lower case. */
    default String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The stages of the stream, and what else draws sequences. */
  public enum Stage implements Value {
    SAMPLER,
    SCORER,
    LEARNER,
    /** Draws from the policy to evaluate it, and from the proposal to decide on its replacement. */
    EVALUATOR,
    /** Draws from the base model, before the stream begins, to fit the target's lambdas. */
    FIT
  }

  /** What an idle worker waits for. */
  public enum BlockedReason implements Value {
    /** Work from the stage before. */
    INPUT,
    /** The evaluation of the policy, after which the next step comes. */
    EVALUATION,
    /** The sequences on which the policy is judged against the proposal. */
    WINDOW,
    /** The previous checkpoint, which is still being written when the next one is due. */
    CHECKPOINT,
    /** Admission of a further draw, which the bound on staleness holds back. */
    ADMISSION,
    /** Weights as new as the draw asks for. */
    WEIGHTS,
    /** The end of a pause of sampling or learning. */
    PAUSED
  }

  /** How a worker failed. */
  public enum FailureReason implements Value {
    /** It threw an exception and stopped. */
    ERROR,
    /** It showed no progress for the stall timeout, and was replaced. */
    STALLED,
    /** It is a sampler that has confirmed no proposal for four times the time to publish one. */
    UNCONFIRMED,
    /** Its result does not fit what it was asked for, and it was replaced. */
    INVALID
  }

  /** Why a sequence was never trained on. */
  public enum DropReason implements Value {
    /** It was used for the first estimate of Z. */
    BOOTSTRAP,
    /** It was drawn to judge the policy against the proposal. */
    WINDOW,
    /** Scoring it failed. */
    SCORING,
    /** It would have been too stale for the next batch. */
    LEFT_OVER,
    /** It was in the stream when training restarted from a checkpoint, and is drawn again. */
    LEARNER_RESTART,
    /** It was in the stream when the run ended; a resumed run draws it again. */
    STOPPED
  }

  /** How a delivery of weights failed. */
  public enum PublishFailure implements Value {
    /** A sampler did not confirm in time. */
    TIMEOUT,
    /** A sampler confirmed another fingerprint than that of the published weights. */
    FINGERPRINT
  }

  /** Outcome of judging whether the policy replaces the proposal. */
  public enum ProposalDecision implements Value {
    /** The policy is closer to the target: it is the proposal from now on. */
    ACCEPTED,
    /** The proposal is at least as close to the target as the policy. */
    REJECTED,
    /** The window holds no sequence of positive weight, or the difference is within its error. */
    INCONCLUSIVE
  }

  /** Outcome of a request to change the configuration of a running service. */
  public enum ConfigChange implements Value {
    /** The change is in force. */
    ACCEPTED,
    /** Something in it was invalid; nothing has changed. */
    REJECTED
  }

  /** Why a node is gone that was not drained. */
  public enum LostReason implements Value {
    /** It stayed silent, and was removed. */
    UNREACHABLE,
    /** A new process has its address. */
    REPLACED,
    /** It has ended: it failed, was dismissed, or had lost the trainer. */
    ENDED
  }

  /** Why a node may not take part. */
  public enum RefusalReason implements Value {
    /** There are as many nodes as cluster.max-nodes allows. */
    FULL,
    /** It and the trainer speak no common protocol. */
    PROTOCOL,
    /** It is meant for another run. */
    TOKEN,
    /** Its arithmetic is not the trainer's, and cluster.numerics = strict. */
    NUMERICS
  }

  /** A pair of distributions, in the order of a Kullback-Leibler divergence. */
  public enum Pair implements Value {
    /** Target and policy. */
    P_PI,
    /** Target and proposal. */
    P_Q,
    /** Policy and base model. */
    PI_A
  }

  /** A distribution under which a mean is taken. */
  public enum Distribution implements Value {
    /** The proposal. */
    Q,
    /** The policy. */
    PI
  }

  /** A kind of importance weight. */
  public enum Weight implements Value {
    /** Target over proposal. */
    P_Q,
    /** Policy over proposal. */
    PI_Q
  }

  static final Label STAGE = of("stage", Stage.class);

  /** Those of which there are workers on other machines. */
  static final Label REMOTE_STAGE =
      new Label("stage", List.of(Stage.SAMPLER.label(), Stage.SCORER.label()));

  /** What workers on other machines wait for, as far as they know. */
  static final Label REMOTE_BLOCKED =
      new Label(
          "reason",
          List.of(
              BlockedReason.INPUT.label(),
              BlockedReason.ADMISSION.label(),
              BlockedReason.WEIGHTS.label()));

  static final Label BLOCKED = of("reason", BlockedReason.class);
  static final Label FAILURE = of("reason", FailureReason.class);
  static final Label DROP = of("reason", DropReason.class);
  static final Label PUBLISH_FAILURE = of("reason", PublishFailure.class);
  static final Label DECISION = of("decision", ProposalDecision.class);
  static final Label KL_PAIR = of("pair", Pair.class);
  static final Label TVD_PAIR = new Label("pair", List.of("p_pi", "p_q"));
  static final Label DISTRIBUTION = of("distribution", Distribution.class);
  static final Label WEIGHT = of("weight", Weight.class);
  static final Label FEATURE = new Label("feature", List.of());
  static final Label SAMPLER = new Label("sampler", List.of());
  static final Label CONFIG_CHANGE = of("result", ConfigChange.class);
  static final Label LIVE_KEY =
      new Label("key", Arrays.stream(LiveKey.values()).map(LiveKey::key).toList());
  static final Label STATE =
      new Label("state", Arrays.stream(ServiceState.values()).map(Enum::name).toList());
  static final Label NODE = new Label("node", List.of());
  static final Label NODE_STATE =
      new Label("state", Arrays.stream(NodeState.values()).map(Enum::name).toList());
  static final Label LOST = of("reason", LostReason.class);
  static final Label REFUSED = of("reason", RefusalReason.class);
  static final Label RUN = new Label("run", List.of());
  static final Label OBJECTIVE = new Label("objective", List.of());
  static final Label VERSION = new Label("version", List.of());
  static final Label JAVA = new Label("java", List.of());

  public Label {
    values = List.copyOf(values);
  }

  /** Whether the values depend on the run. */
  boolean open() {
    return values.isEmpty();
  }

  private static <E extends Enum<E> & Value> Label of(String name, Class<E> values) {
    return new Label(name, Arrays.stream(values.getEnumConstants()).map(Value::label).toList());
  }
}
