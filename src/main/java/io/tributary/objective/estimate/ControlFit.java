package io.tributary.objective.estimate;

/**
 * Fits how much of two variates of mean 0, a baseline f and milestones C, makes the second moment
 * of y - alpha f + kappa C over the tokens of all sequences smallest: least squares, from the
 * batches so far, of which the latest count most.
 *
 * <p>Any coefficients that do not depend on the batch that they are used for leave the expected
 * gradient as it is. Not thread-safe.
 */
public final class ControlFit {
  private static final double DECAY = 0.9;
  private static final double SINGULAR = 1e-9;

  private State state;

  /**
   * The coefficients.
   *
   * @param baseline alpha
   * @param milestones kappa
   */
  public record Coefficients(double baseline, double milestones) {
    /** Before anything is known. */
    public static final Coefficients INITIAL = new Coefficients(1, 0);
  }

  /**
   * Sums over tokens; part of a checkpoint.
   *
   * @param yf of y f
   * @param yc of y C
   * @param ff of f^2
   * @param fc of f C
   * @param cc of C^2
   */
  public record State(double yf, double yc, double ff, double fc, double cc) {
    /** Of nothing yet. */
    public static final State EMPTY = new State(0, 0, 0, 0, 0);

    /** With those of more tokens. */
    public State plus(State other) {
      return new State(yf + other.yf, yc + other.yc, ff + other.ff, fc + other.fc, cc + other.cc);
    }

    /**
     * Of the tokens of one sequence.
     *
     * @param y the same for all of them
     * @param baselines f, by token
     * @param milestones C, as many
     */
    public static State of(double y, double[] baselines, double[] milestones) {
      LogSpace.requireSameLength(baselines, milestones);
      State sums = EMPTY;
      for (int t = 0; t < baselines.length; t++) {
        double f = baselines[t];
        double c = milestones[t];
        sums = sums.plus(new State(y * f, y * c, f * f, f * c, c * c));
      }
      return sums;
    }

    private State times(double factor) {
      return new State(factor * yf, factor * yc, factor * ff, factor * fc, factor * cc);
    }

    private boolean isFinite() {
      return Double.isFinite(yf + yc + ff + fc + cc);
    }
  }

  public ControlFit(State state) {
    this.state = state;
  }

  public State state() {
    return state;
  }

  /** Adds a batch; one with values that are not finite is left out. */
  public void add(State batch) {
    if (batch.isFinite()) {
      state = state.times(DECAY).plus(batch);
    }
  }

  /**
   * The coefficients that were best so far; a variate that was 0 throughout keeps its initial one.
   */
  public Coefficients coefficients() {
    double determinant = state.ff * state.cc - state.fc * state.fc;
    if (determinant > SINGULAR * state.ff * state.cc) {
      return new Coefficients(
          (state.yf * state.cc - state.yc * state.fc) / determinant,
          (state.yf * state.fc - state.yc * state.ff) / determinant);
    }
    return new Coefficients(
        state.ff > 0 ? state.yf / state.ff : Coefficients.INITIAL.baseline(),
        state.ff > 0 || state.cc == 0 ? Coefficients.INITIAL.milestones() : -state.yc / state.cc);
  }
}
