package io.tributary.metrics;

import io.tributary.config.LiveKey;
import io.tributary.data.ServiceState;
import java.util.Arrays;
import java.util.List;

/**
 * A label of a metric.
 *
 * @param name the label's name
 * @param values all its values; empty if they depend on the run
 */
public record Label(String name, List<String> values) {

  /** A pair of distributions, in the order of a Kullback-Leibler divergence. */
  public enum Pair implements LabelValue {
    /** Target and policy. */
    P_PI,
    /** Target and proposal. */
    P_Q,
    /** Policy and base model. */
    PI_A
  }

  /** A distribution under which a mean is taken. */
  public enum Distribution implements LabelValue {
    /** The proposal. */
    Q,
    /** The policy. */
    PI
  }

  /** A kind of importance weight. */
  public enum Weight implements LabelValue {
    /** Target over proposal. */
    P_Q,
    /** Policy over proposal. */
    PI_Q
  }

  static final Label STAGE = new Label("stage", LabelValue.all(Stage.class));
  static final Label BLOCKED = new Label("reason", LabelValue.all(BlockedReason.class));
  static final Label FAILURE = new Label("reason", LabelValue.all(FailureReason.class));
  static final Label DROP = new Label("reason", LabelValue.all(DropReason.class));
  static final Label PUBLISH_FAILURE = new Label("reason", LabelValue.all(PublishFailure.class));
  static final Label DECISION = new Label("decision", LabelValue.all(ProposalDecision.class));
  static final Label KL_PAIR = new Label("pair", LabelValue.all(Pair.class));
  static final Label TVD_PAIR = new Label("pair", List.of("p_pi", "p_q"));
  static final Label DISTRIBUTION = new Label("distribution", LabelValue.all(Distribution.class));
  static final Label WEIGHT = new Label("weight", LabelValue.all(Weight.class));
  static final Label FEATURE = new Label("feature", List.of());
  static final Label SAMPLER = new Label("sampler", List.of());
  static final Label CONFIG_CHANGE = new Label("result", LabelValue.all(ConfigChange.class));
  static final Label LIVE_KEY =
      new Label("key", Arrays.stream(LiveKey.values()).map(LiveKey::key).toList());
  static final Label STATE = new Label("state", states());
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

  private static List<String> states() {
    return Arrays.stream(ServiceState.values()).map(Enum::name).toList();
  }
}
