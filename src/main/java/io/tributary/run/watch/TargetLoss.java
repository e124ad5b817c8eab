package io.tributary.run.watch;

import io.tributary.config.TributaryConfig;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.protocol.RunStatus;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says in words that the policy is losing parts of the target, what was measured, and what to do. A
 * batch does not show it: what the policy has unlearned, its proposals hardly draw. Not
 * thread-safe.
 */
final class TargetLoss {
  private @Nullable String concern;
  private @Nullable String ending;

  /**
   * A policy was published.
   *
   * @param measured on held-out sequences; nothing is known without
   * @param checkpoints that one could go back to
   * @return a line for the console, if the loss has begun or is over
   */
  Optional<String> published(
      long step,
      Measurements measured,
      TributaryConfig config,
      List<RunStatus.Checkpoint> checkpoints) {
    boolean before = concern != null;
    String said = said(step, measured);
    boolean loses = measured.get(Metric.POLICY_LOSING_TARGET) == 1;
    concern = loses ? said + advice(bestStep(measured), config, checkpoints) : null;
    ending = loses ? ending(step, measured) : null;
    return loses == before
        ? Optional.empty()
        : Optional.of(
            loses ? "warning: " + concern : said.replace("is losing", "is no longer losing"));
  }

  /** What is wrong, and what to do; null while nothing is. */
  @Nullable String concern() {
    return concern;
  }

  /** What to say of the last policy; null if it is as good as any. */
  @Nullable String ending() {
    return ending;
  }

  private static String said(long step, Measurements measured) {
    return "the policy is losing parts of the target: at step %d KL(p||pi) on held-out texts is %s, %s more than at step %d"
        .formatted(
            step,
            RunConsole.number(measured.get(Metric.HELD_OUT_KL_NATS)),
            rise(measured),
            bestStep(measured));
  }

  private static String rise(Measurements measured) {
    return "%s ± %s"
        .formatted(
            ProgressLine.rounded(measured.get(Metric.HELD_OUT_RISE_NATS), 2),
            ProgressLine.rounded(measured.get(Metric.HELD_OUT_RISE_STDERR_NATS), 2));
  }

  private static long bestStep(Measurements measured) {
    return Math.round(measured.get(Metric.HELD_OUT_BEST_STEP));
  }

  private static String advice(
      long best, TributaryConfig config, List<RunStatus.Checkpoint> checkpoints) {
    String clip =
        config.learner().optimizer().maxGradNorm() == 0
            ? "set learner.optimizer.max-grad-norm, "
            : "";
    return "; lower learner.optimizer.learning-rate, %sor use a larger learner.batch-size%s"
        .formatted(
            clip,
            checkpoints.stream()
                .map(RunStatus.Checkpoint::step)
                .filter(step -> step <= best)
                .max(Comparator.naturalOrder())
                .map("; --resume=%d goes back to the newest checkpoint from before"::formatted)
                .orElse(""));
  }

  private static String ending(long step, Measurements measured) {
    return "The policy has lost parts of the target: KL(p||pi) on held-out texts is %s higher at step %d than at step %d."
        .formatted(rise(measured), step, bestStep(measured));
  }
}
