package io.tributary.objective.estimate;

/**
 * The coefficient kappa of a control variate C with mean 0 that makes the variance of X + kappa C
 * smallest, - E[XC] / E[C^2], from the batches so far, of which the latest count most.
 *
 * <p>Not thread-safe.
 */
public final class ControlCoefficient {
  private static final double DECAY = 0.9;

  private State state;

  /**
   * Sums over sequences; part of a checkpoint.
   *
   * @param products of X C
   * @param squares of C^2
   */
  public record State(double products, double squares) {
    /** Of nothing yet. */
    public static final State EMPTY = new State(0, 0);

    /** With those of more sequences. */
    public State plus(State other) {
      return new State(products + other.products, squares + other.squares);
    }

    /** With one more sequence. */
    public State plus(double x, double control) {
      return new State(products + x * control, squares + control * control);
    }
  }

  public ControlCoefficient(State state) {
    this.state = state;
  }

  public State state() {
    return state;
  }

  /** Adds a batch; one with values that are not finite is left out. */
  public void add(State batch) {
    if (Double.isFinite(batch.products()) && Double.isFinite(batch.squares())) {
      state = new State(DECAY * state.products(), DECAY * state.squares()).plus(batch);
    }
  }

  /** kappa; 0 before the first sequences. */
  public double value() {
    return state.squares() > 0 ? -state.products() / state.squares() : 0;
  }
}
