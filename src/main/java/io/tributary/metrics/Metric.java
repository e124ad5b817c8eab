package io.tributary.metrics;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The table of all metrics. A metric's name is its constant in lower case; Prometheus sees it with
 * the prefix {@value #PREFIX}, {@code metrics.jsonl} without.
 */
public enum Metric {
  // Flow
  /**
   * A sequence counts for the sampler and the scorer when the pool accepts it from a worker: a draw
   * that is handed out again counts once, and results of workers that were given up not at all. It
   * counts for the learner when a step was made from its batch, even if the step is skipped. For
   * the evaluator and the fit of lambda it counts when it is drawn; those never enter the stream.
   *
   * <p>At any time, the sampler's sequences are the learner's, those of {@link
   * #SEQUENCES_DROPPED_TOTAL} over all reasons, and those of {@link #STREAM_SEQUENCES} together.
   */
  STAGE_SEQUENCES_TOTAL(
      counter("sequences"),
      "Sequences that a stage has finished.",
      "Its rate is the stage's throughput. If one is 0 while the others move, look for"
          + " that stage in the log.",
      Label.STAGE),
  STAGE_TOKENS_TOTAL(
      counter("tokens"),
      "Tokens that a stage has finished.",
      "Far fewer tokens per sequence than before: sequences end early; look at /samples.",
      Label.STAGE),
  STAGE_FAILURES_TOTAL(
      counter("failures"),
      "Failures of a stage's workers.",
      "Each one is in tributary.log with its cause; above stream.max-lost-workers within"
          + " an hour the run ends.",
      Label.STAGE,
      Label.FAILURE),
  STAGE_INFLIGHT_SEQUENCES(
      level("sequences"),
      "Sequences that a stage is working on.",
      "0 at the samplers of a running service: nothing is admitted, see admission_limit_sequences.",
      Label.STAGE),
  STAGE_BUSY_SECONDS_TOTAL(
      counter("seconds"),
      "Time that a stage's workers have spent computing.",
      "The stage with the largest share busy / (busy + blocked) is the bottleneck: give it more"
          + " workers.",
      Label.STAGE),
  STAGE_BLOCKED_SECONDS_TOTAL(
      counter("seconds"),
      "Time that a stage's workers have spent waiting, by reason.",
      "The reason says what to tune: input, the stage before is too slow; admission,"
          + " scoring or learning is; evaluation, evaluate less often; window, publish less often.",
      Label.STAGE,
      Label.BLOCKED),
  STAGE_LAST_ITEM_TIMESTAMP_SECONDS(
      measured("seconds"),
      "Unix time of the last item that a stage finished.",
      "Old while the service runs: the stage is starved or hangs; stream.stall-timeout replaces"
          + " workers that hang.",
      Label.STAGE),
  WAITING_SEQUENCES(
      level("sequences"),
      "Sequences waiting for a worker of a stage.",
      "Grows for scorers: raise scorers.count.",
      Label.STAGE),
  SAMPLERS_DESIRED(
      measured("samplers"),
      "Samplers that would keep the learner just busy, on all machines of a cluster together.",
      "Stays above the samplers there are: start workers; below: some could go. docs/cluster.md"
          + " says how it is measured."),
  SCORERS_DESIRED(
      measured("scorers"),
      "Scorers that would keep the learner just busy, on all machines of a cluster together.",
      "As samplers_desired."),
  ADMISSION_CLOSED_SECONDS_TOTAL(
      counter("seconds"),
      "Time that the bound on staleness held back a draw that could have been made.",
      "Grows by nearly 1 per second: learning is the bottleneck, fewer samplers would do."),
  ADMISSION_LIMIT_SEQUENCES(
      level("sequences"),
      "Sequences that admission allows to be drawn up to the learner's current step.",
      "Does not grow: the learner takes no steps."),
  DRAWS_REISSUED_TOTAL(
      counter("draws"),
      "Draws given to another worker after theirs was lost.",
      "Grows with stage_failures_total; alone it says nothing new."),
  SEQUENCES_DROPPED_TOTAL(
      counter("sequences"),
      "Sequences drawn and never trained on.",
      "Scoring failures are in the log with the sequence; above stream.max-drop-rate the run ends.",
      Label.DROP),
  STREAM_SEQUENCES(
      level("sequences"),
      "Sequences drawn for the stream that are neither learned nor dropped yet.",
      "Does not change although samplers are not paused: the learner or the scorers take"
          + " nothing."),
  /** Bounds of a few steps are common, of hundreds possible. */
  SEQUENCE_STALENESS_STEPS(
      histogram("steps", 0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128, 256, 512, 1000),
      "Learner steps between a draw's admission and its use.",
      "All at the bound: learning is the bottleneck; if effective_sample_size_ratio of pi_q is"
          + " small too, lower stream.max-staleness-steps."),
  /** From a draw that is learned at once to hours. */
  SEQUENCE_AGE_SECONDS(
      histogram(
          "seconds", 0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400,
          28_800),
      "Time between a draw's admission and its use.",
      "Grows at the same staleness: the learner's steps have become slower."),

  // Learning
  LEARNER_STEPS(
      level("steps"),
      "Learner steps of the run, across resumes.",
      "Does not grow: see the runbook on a stalled learner."),
  LEARNER_SEQUENCES(
      level("sequences"), "Sequences learned in the run, across resumes.", "As learner_steps."),
  LEARNER_LAST_STEP_TIMESTAMP_SECONDS(
      measured("seconds"),
      "Unix time of the last learner step.",
      "Older than a few steps take: see the runbook on a stalled learner."),
  /** A step takes 50 ms to 10 minutes; less with a model for tests. */
  LEARNER_STEP_DURATION_SECONDS(
      histogram("seconds", 0.01, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 180, 300, 600),
      "Duration of a learner step.",
      "Grows: another process has taken the cores, or sequences have become longer."),
  LEARNER_LOSS(
      "Surrogate loss of the last batch.",
      "Not finite: the step is skipped. The value of a surrogate loss is no measure of progress;"
          + " kl_nats is."),
  LEARNER_GRADIENT_NORM(
      "Global gradient norm before clipping.",
      "Peaks: single large weights, see max_weight_share_ratio; all above max-grad-norm: lower the"
          + " learning rate."),
  CLIPPED_NORM_RATIO(
      measured("ratio"),
      "Share of the gradient's norm that clipping took away in the last step; absent without"
          + " max-grad-norm.",
      "Large in every step: max-grad-norm sets the length of all steps, so that they no longer follow"
          + " the size of the gradient; raise it and lower the learning rate."),
  CLIPPED_WEIGHT_RATIO(
      measured("ratio"),
      "Share of the sum of all weights P/q since the first step that clipping has taken out of the"
          + " gradients; absent without max-grad-norm.",
      "Above 0.2: what q hardly draws is learned too little, since batches that hold it have the"
          + " largest norms; raise max-grad-norm, or use larger batches."),
  LEARNER_LEARNING_RATE(
      "Learning rate of the last step.",
      "Not what the schedule says: it was changed while running, see /config."),
  NONFINITE_STEPS_TOTAL(
      counter("steps"),
      "Steps skipped because the loss or gradient was not finite.",
      "Lower the learning rate; after learner.max-nonfinite-steps in a row the run ends."),

  // Distribution matching
  PARTITION_FUNCTION(
      "Estimate of Z, the target's partition function.",
      "Z is a constant of the target: a trend means that q misses a part of p; see the runbook on Z"
          + " drifting."),
  PARTITION_FUNCTION_STDERR(
      "Standard error of the estimate of Z.",
      "Not small against Z: more bootstrap sequences, or a proposal closer to the target."),
  KL_NATS(
      measured("nats"),
      "Kullback-Leibler divergence.",
      "p_pi grows: the policy moves away from the target, lower the learning rate; pi_a grows"
          + " without p_pi falling: the policy forgets. In steps, p_pi is far too low, near -log Z,"
          + " where pi has lost most of p, as reinforce does; evaluations measure it on texts of the"
          + " base model.",
      Label.KL_PAIR),
  HELD_OUT_KL_NATS(
      measured("nats"),
      "KL(p||pi) of the policy published last, on held-out texts of the base model that the target"
          + " allows, and so with what the policy no longer writes.",
      "Rises: see held_out_rise_nats. Far above kl_nats of p_pi: the proposal misses a part of the"
          + " target, see proposal_missed_ratio. Absent: proposal.window is not held-out, or the"
          + " bootstrap found fewer than 20 such texts."),
  HELD_OUT_KL_STDERR_NATS(
      measured("nats"),
      "Standard error of held_out_kl_nats, which is common to all policies in large part.",
      "As large as the divergence: more partition-function.bootstrap-sequences."),
  HELD_OUT_RISE_NATS(
      measured("nats"),
      "held_out_kl_nats above that of the best policy published so far, on the same texts.",
      "Above 0.1 and twice its error: see policy_losing_target."),
  HELD_OUT_RISE_STDERR_NATS(
      measured("nats"),
      "Standard error of held_out_rise_nats, of the paired difference.",
      "As large as a rise that matters: more partition-function.bootstrap-sequences."),
  HELD_OUT_BEST_STEP(
      level("steps"),
      "Step after which the best policy so far was published, on the held-out texts.",
      "Stays while steps are made: the policy no longer approaches the target."),
  POLICY_LOSING_TARGET(
      level("1"),
      "1 while the policy is significantly farther from the target than the best one so far.",
      "1: lower the learning rate, set max-grad-norm, or use larger batches; see the runbook on"
          + " TributaryPolicyLosingTarget."),
  PROPOSAL_EFFECTIVE_SAMPLE_SIZE_RATIO(
      measured("ratio"),
      "Effective sample size over sample size of draws from the proposal, up to the token that"
          + " decides the features, on the held-out texts.",
      "Far below effective_sample_size_ratio of p_q: batches lack a part of the target, which comes"
          + " with very large weights one day."),
  PROPOSAL_MISSED_RATIO(
      measured("ratio"),
      "Share of the target that the proposal hardly draws: less than a hundredth as often as the"
          + " target would, up to the token that decides the features.",
      "Near 1 at the start of a run with Z below 0.01, as the base model draws nothing of the target"
          + " more often. Grows later: the policy concentrates on a part of the target; lower the"
          + " learning rate."),
  PROPOSAL_GUIDE_NATS(
      measured("nats"),
      "How strongly the proposal raises tokens that the target needs.",
      "0 with proposal.guide = auto: the policy draws what the target needs by itself, or the target"
          + " can't be guided to."),
  KL_STDERR_NATS(
      measured("nats"),
      "Standard error of the divergence.",
      "As large as the divergence: no decision can be made from it; see"
          + " effective_sample_size_ratio.",
      Label.KL_PAIR),
  TOTAL_VARIATION(
      "Total variation distance.",
      "p_pi near 1 for long: policy and target hardly overlap; start from a less extreme target.",
      Label.TVD_PAIR),
  FEATURE_MOMENT(
      "Mean of a feature.",
      "Those of pi do not approach feature_target: see kl_nats, effective_sample_size_ratio and the"
          + " samples.",
      Label.FEATURE,
      Label.DISTRIBUTION),
  FEATURE_MOMENT_STDERR(
      "Standard error of the mean of a feature.",
      "Large: use more sequences per batch or evaluation.",
      Label.FEATURE,
      Label.DISTRIBUTION),
  FEATURE_TARGET(
      "Desired mean of a feature.",
      "Not what you intended: another configuration is running.",
      Label.FEATURE),
  ADVANTAGE_MEAN(
      "Mean advantage of the last batch.",
      "Far from 0 with a baseline: the estimate of Z is off, see partition_function."),
  ADVANTAGE_VARIANCE(
      "Variance of the advantage in the last batch.",
      "Peaks: single large weights, see max_weight_share_ratio."),
  ADVANTAGE_ABS_MEAN(
      "Mean absolute advantage of the last batch.",
      "Falls as the policy comes closer to the target; grows: see kl_nats."),
  BASELINE_MEAN(
      "Mean baseline of the last batch.",
      "0 with a baseline: pi no longer gives mass to the sequences of q; replace the"
          + " proposal."),
  POLICY_LOSS(
      "Mean clipped loss of a token's probability in the last step, with PPO.",
      "Only its trend is meaningful; see kl_penalty and reward_mean."),
  VALUE_LOSS(
      "Mean clipped loss of a token's value in the last step, with PPO.",
      "Does not fall: the value head learns nothing; it shares the policy's optimizer and"
          + " learning rate."),
  CLIPPED_TOKENS_RATIO(
      measured("ratio"),
      "Share of tokens in the last step whose ratio was clipped, with PPO.",
      "Above 0.3: the updates of a step go too far, lower the learning rate or"
          + " objective.ppo.epochs."),
  KL_CONTROL_BETA(
      "Weight of log(pi/a) in nats against the reward in the last step, with PPO.",
      "Runs away: objective.target-kl can't be met with this reward."),
  KL_PENALTY(
      "Mean of beta log(pi/a), in the unit of the reward, with PPO.",
      "Outweighs reward_mean: beta is too large."),
  REWARD_MEAN(
      "Mean reward of the policy, from the last batch.",
      "Rises while distinct_n falls: the policy exploits the reward."),
  EFFECTIVE_SAMPLE_SIZE_RATIO(
      measured("ratio"),
      "Effective sample size over sample size.",
      "Near one sequence of the batch: see the runbook on a collapsed effective sample size.",
      Label.WEIGHT),
  MAX_WEIGHT_SHARE_RATIO(
      measured("ratio"),
      "Largest weight P/q of the batch over the sum of all.",
      "Near 1: a single sequence decides the step; larger batches, or a proposal closer to the"
          + " target."),
  PARETO_K(
      "Pareto k of the newest weights; estimates with them are unreliable above 0.7.",
      "Above 0.7: estimates with these weights are unreliable; see the runbook on a large Pareto"
          + " k.",
      Label.WEIGHT),
  GRADIENT_VARIANCE(
      "Variance of the gradient of one sequence.",
      "Grows: larger batches, a baseline, or a proposal closer to the target."),

  // Quality of samples
  DISTINCT_1(
      "Distinct words of a text over all its words, on average.",
      "Falls below that of the base model: texts repeat words; look at /samples."),
  DISTINCT_2("Distinct 2-grams of a text over its words, on average.", "As distinct_1."),
  DISTINCT_3("Distinct 3-grams of a text over its words, on average.", "As distinct_1."),
  SELF_BLEU_3(
      "Mean BLEU-3 of a text against the others.",
      "Rises towards 1: the policy writes the same text again and again; see kl_nats of pi_a."),
  SELF_BLEU_4("Mean BLEU-4 of a text against the others.", "As self_bleu_3."),
  SELF_BLEU_5("Mean BLEU-5 of a text against the others.", "As self_bleu_3."),
  PERPLEXITY_BASE(
      "Perplexity of samples of pi under the base model.",
      "Rises far above its first value: texts are no longer well-formed; falls far below: they"
          + " repeat."),

  // Weights
  POLICY_VERSION(
      level("version"),
      "Version of the last published policy.",
      "Does not grow over publish.interval-steps: the learner takes no steps."),
  PROPOSAL_VERSION(
      level("version"),
      "Version of the current proposal.",
      "Far behind policy_version: see proposal_replacements_total."),
  SAMPLER_PROPOSAL_VERSION(
      level("version"),
      "Version that a sampler has confirmed.",
      "Stays behind proposal_version: the sampler does not load new weights; see"
          + " weights_publish_failures_total.",
      Label.SAMPLER),
  PROPOSAL_AGE_STEPS(
      level("steps"),
      "Learner steps since the proposal was replaced.",
      "Large while p_pi falls: see proposal_replacements_total; if decisions are inconclusive,"
          + " raise publish.interval-steps (with proposal.window = fresh proposal.window-sequences)"
          + " or lower proposal.confidence."),
  PROPOSAL_REPLACEMENTS_TOTAL(
      counter("decisions"),
      "Decisions on replacing the proposal.",
      "Only rejected: pi is no closer to p than q; only inconclusive: the window is too short.",
      Label.DECISION),
  WEIGHTS_PUBLISH_DURATION_SECONDS(
      measured("seconds"),
      "Time until every sampler had confirmed the last proposal.",
      "Near publish.timeout: a draw takes too long, lower samplers.batch-size."),
  WEIGHTS_PUBLISH_FAILURES_TOTAL(
      counter("failures"),
      "Deliveries of weights that failed.",
      "Timeout: a sampler hangs or draws for longer than publish.timeout; fingerprint: see the"
          + " runbook.",
      Label.PUBLISH_FAILURE),
  WEIGHTS_FINGERPRINT_MISMATCHES_TOTAL(
      counter("confirmations"),
      "Confirmations with a wrong fingerprint.",
      "Any: a sampler draws from weights other than those published; see the runbook."),

  // Nodes of a cluster. The label node is a place, node-0, node-1 and so on, below
  // cluster.max-nodes: the next node has the place of one that is gone. Gauges of a node that is
  // gone are removed, counters of its place stay.
  NODES(
      level("nodes"),
      "Nodes of workers, by state.",
      "UNREACHABLE: see the log and the network; all JOINING: they fetch what the run needs, or"
          + " can't.",
      Label.NODE_STATE),
  NODES_LOST_TOTAL(
      counter("nodes"),
      "Nodes that are gone without having been drained.",
      "unreachable: the machine or the network; ended: the log of the worker says why; replaced:"
          + " it was started again.",
      Label.LOST),
  NODES_REFUSED_TOTAL(
      counter("refusals"),
      "Refusals of nodes; a node that was refused asks again after a minute.",
      "The log of trainer and worker have the whole reason.",
      Label.REFUSED),
  NODE_WORKERS(
      level("workers"),
      "Samplers and scorers that a node has.",
      "Not what its worker was started with: another node has the place.",
      Label.NODE,
      Label.REMOTE_STAGE),
  NODE_SEQUENCES_TOTAL(
      counter("sequences"),
      "Sequences that a node has drawn and scored.",
      "Its rate by worker is far below that of other nodes: a slow machine or network, or another"
          + " program on the machine.",
      Label.NODE,
      Label.REMOTE_STAGE),
  NODE_BUSY_SECONDS_TOTAL(
      counter("seconds"),
      "Time that samplers and scorers of a node have computed, as told with their results.",
      "Its rate over node_workers is their busy share: low while stage_busy_seconds_total of the"
          + " stage is high, the network is slow.",
      Label.NODE,
      Label.REMOTE_STAGE),
  NODE_PROPOSAL_VERSION(
      level("version"),
      "Oldest version of the proposal that a sampler of a node holds; 0 while one holds none.",
      "Stays behind proposal_version: the node can't fetch weights, or is too slow at it; its log"
          + " says so.",
      Label.NODE),
  NODE_ROUND_TRIP_SECONDS(
      measured("seconds"),
      "Time that a node took to answer the last ping.",
      "Above 1 s: the network is overloaded, or the machine swaps.",
      Label.NODE),
  NODE_HEARD_TIMESTAMP_SECONDS(
      measured("seconds"),
      "Unix time at which a node was heard last.",
      "Older than 15 s: it is cut off or frozen; after cluster.stable-after it is removed.",
      Label.NODE),
  NODE_LEASES_RESENT_TOTAL(
      counter("leases"),
      "Leases of work sent to a node again, since nothing was heard of them.",
      "Grows steadily: messages are lost, or the node answers late.",
      Label.NODE),
  /** From the noise of float32 to another distribution. */
  NODE_AUDIT_DIFFERENCE_NATS(
      histogram("nats", 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.1, 1, 10, 100),
      "Difference between log q of a sequence as a node drew it and as the trainer scored it"
          + " again.",
      "Above cluster.audit-bound-nats (0.05): its samplers draw from another distribution than they"
          + " say; audit.jsonl has the sequences.",
      Label.NODE),
  NODE_AUDITS_SKIPPED_TOTAL(
      counter("sequences"),
      "Sequences of a node that were to be scored again and were not, since the trainer had no"
          + " time.",
      "As many as are audited: lower cluster.audit-share, which stays as good a check.",
      Label.NODE),

  // A worker, as it sees itself: served by the worker, and by no run
  WORKER_STATE(
      level("1"),
      "1 for the current state of the worker.",
      "JOINING or UNREACHABLE for long: its /health has the reason.",
      Label.NODE_STATE),
  WORKER_SEQUENCES_TOTAL(
      counter("sequences"),
      "Sequences that the worker has drawn and scored, whether or not the trainer has taken them.",
      "Does not grow though the worker is AVAILABLE: the trainer has no work for it.",
      Label.REMOTE_STAGE),
  WORKER_BUSY_SECONDS_TOTAL(
      counter("seconds"),
      "Time that its samplers and scorers have spent computing, counted with each result.",
      "Its rate near the number of workers: they are the bottleneck; see worker_blocked_seconds.",
      Label.REMOTE_STAGE),
  WORKER_BLOCKED_SECONDS_TOTAL(
      counter("seconds"),
      "Time that its samplers and scorers have spent waiting, counted with each result.",
      "weights: the network is slow, or the proposal is replaced too often; admission and input:"
          + " there is not enough work.",
      Label.REMOTE_STAGE,
      Label.REMOTE_BLOCKED),
  WORKER_FAILURES_TOTAL(
      counter("failures"),
      "Failures of its samplers and scorers, each of which was replaced.",
      "Any: the worker's log has the cause.",
      Label.REMOTE_STAGE),
  WORKER_PROPOSAL_VERSION(
      level("version"),
      "Newest version of the proposal that one of its samplers holds; 0 while none does.",
      "Behind the trainer's proposal_version: see worker_fetch_seconds_total."),
  WORKER_FETCHED_BYTES_TOTAL(
      counter("bytes"),
      "Size of the weights and files that it has fetched; those in its cache already count too.",
      "Far more than the proposal's size times its replacements: fetches fail and begin again."),
  WORKER_FETCH_SECONDS_TOTAL(
      counter("seconds"),
      "Time that fetching took, failed attempts included.",
      "Its ratio to worker_fetched_bytes_total is the time for a byte: the network, or the"
          + " trainer's upload, is slow."),

  // Service
  BUILD_INFO(
      new Kind(Type.INFO, "1"),
      "Version of the program and of Java.",
      "Not the version that was deployed: the old process still runs.",
      Label.VERSION,
      Label.JAVA),
  RUN_INFO(
      new Kind(Type.INFO, "1"),
      "Name of the run and its objective.",
      "Not the run expected here: the wrong configuration was started.",
      Label.RUN,
      Label.OBJECTIVE),
  SERVICE_STATE(
      level("1"),
      "1 for the current state of the service.",
      "FAILED: /status has the reason; PAUSED: audit.jsonl says who paused it.",
      Label.STATE),
  CHECKPOINT_LAST_SUCCESS_TIMESTAMP_SECONDS(
      measured("seconds"),
      "Unix time of the last complete checkpoint.",
      "Old: that much work is lost if the process dies; see the runbook."),
  CHECKPOINT_DURATION_SECONDS(
      measured("seconds"),
      "Time to write the last checkpoint.",
      "Grows: the disk is slow or nearly full."),
  CHECKPOINT_PAUSE_SECONDS(
      measured("seconds"),
      "Time that training stood still for the last checkpoint.",
      "Much of checkpoint.interval: memory or the disk is slow; with"
          + " checkpoint.background = true training waits for the copy of the weights only."),
  CHECKPOINT_SIZE_BYTES(
      measured("bytes"),
      "Size of the last checkpoint.",
      "Changes between checkpoints of one run: ask why before the next upgrade."),
  CHECKPOINT_FAILURES_TOTAL(
      counter("failures"),
      "Checkpoints that could not be written.",
      "Any: the disk is full or read-only; the run continues and tries again."),
  LINES_LOST_TOTAL(
      counter("lines"),
      "Lines of metrics.jsonl, samples.jsonl and versions.jsonl that could not be written.",
      "Any: the disk is full or read-only; training continues, the lines are missing for good."),
  MEMORY_LIMIT_BYTES(
      measured("bytes"),
      "Memory of the container or machine that the process runs in.",
      "process_resident_memory_bytes near it: the process will be killed; see the runbook on"
          + " memory."),
  CONFIG_CHANGES_TOTAL(
      counter("changes"),
      "Requests to change the configuration while the service runs.",
      "Not expected: audit.jsonl says who changed what, and why a request was rejected.",
      Label.CONFIG_CHANGE),
  CONFIG_SETTING(
      level("1"),
      "Current value of each key that can be changed while the service runs; times in seconds.",
      "Not what the configuration file says: /config has the changes.",
      Label.LIVE_KEY),
  NATIVE_TENSOR_BYTES(
      measured("bytes"),
      "Memory held by native code outside the Java heap, nearly all of it tensors.",
      "Grows without end: a leak, restart by drain and resume and report it; high but constant:"
          + " lower the batch sizes.");

  /** What every name starts with in Prometheus. */
  public static final String PREFIX = "tributary_";

  /** Kinds of metrics. */
  public enum Type {
    /** Only grows, from 0 at the start of the process. */
    COUNTER,
    /** A gauge of a count: 0 at the start. */
    LEVEL,
    /** A gauge of a measurement: NaN until there is one. */
    MEASURED,
    /** Counts of observations by size. */
    HISTOGRAM,
    /** A constant 1 with the information in its labels. */
    INFO
  }

  /** What is counted or measured; {@code buckets} are a histogram's upper bounds. */
  private record Kind(Type type, String unit, double... buckets) {}

  @SuppressWarnings("ImmutableEnumChecker") // its array is never given away
  private final Kind kind;

  private final String help;
  private final String whenOdd;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<Label> labels;

  /** A measured pure number. */
  Metric(String help, String whenOdd, Label... labels) {
    this(measured("1"), help, whenOdd, labels);
  }

  Metric(Kind kind, String help, String whenOdd, Label... labels) {
    this.kind = kind;
    this.help = help;
    this.whenOdd = whenOdd;
    this.labels = List.of(labels);
  }

  private static Kind counter(String unit) {
    return new Kind(Type.COUNTER, unit);
  }

  private static Kind level(String unit) {
    return new Kind(Type.LEVEL, unit);
  }

  private static Kind measured(String unit) {
    return new Kind(Type.MEASURED, unit);
  }

  private static Kind histogram(String unit, double... buckets) {
    return new Kind(Type.HISTOGRAM, unit, buckets);
  }

  /** Why this is no gauge that may have these values of its labels; null if it is one. */
  @Nullable String flaw(List<String> values) {
    if (type() != Type.MEASURED && type() != Type.LEVEL) {
      return "%s is a %s, not a gauge".formatted(key(), type());
    }
    if (values.size() != labels.size()) {
      return "%s has the labels %s, got the values %s".formatted(key(), labelNames(), values);
    }
    for (int i = 0; i < labels.size(); i++) {
      Label label = labels.get(i);
      if (!label.open() && !label.values().contains(values.get(i))) {
        return "label %s of %s is one of %s, got %s"
            .formatted(label.name(), key(), label.values(), values.get(i));
      }
    }
    return null;
  }

  /** The name without prefix: the key in {@link Measurements} and {@code metrics.jsonl}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The name in Prometheus. */
  public String exposedName() {
    return PREFIX + key();
  }

  public Type type() {
    return kind.type();
  }

  /** The unit in words; "1" for a pure number. */
  public String unit() {
    return kind.unit();
  }

  public String help() {
    return help;
  }

  /** What an operator does, or looks at next, when the value is not what it should be. */
  public String whenOdd() {
    return whenOdd;
  }

  public List<Label> labels() {
    return labels;
  }

  /** Names of the labels, in the order in which their values are given everywhere. */
  public List<String> labelNames() {
    return labels.stream().map(Label::name).toList();
  }

  /** Upper bounds of a histogram's buckets, without infinity; empty for other types. */
  double[] buckets() {
    return kind.buckets();
  }
}
