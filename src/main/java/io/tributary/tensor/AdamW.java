package io.tributary.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import io.tributary.config.OptimizerConfig;
import io.tributary.data.TensorBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101, Algorithm 2, in the form of PyTorch):
 * decoupled weight decay, bias-corrected moments, epsilon added after the root. Weight decay acts
 * on matrices only, as is usual for GPT-2.
 *
 * <p>The update runs over pieces of {@value #PIECE} values, so that its temporaries stay in the
 * processor's cache: memory traffic, not arithmetic, is its cost.
 */
public final class AdamW implements AutoCloseable {
  private static final int PIECE = 1 << 17;

  /**
   * Settings.
   *
   * @param beta1 decay of the first moment
   * @param beta2 decay of the second moment
   * @param epsilon added to the root of the second moment
   * @param weightDecay decoupled decay per unit of learning rate
   */
  public record Settings(double beta1, double beta2, double epsilon, double weightDecay) {
    public static Settings of(OptimizerConfig config) {
      return new Settings(
          config.betas().get(0), config.betas().get(1), config.eps(), config.weightDecay());
    }
  }

  private record Slot(TrainedParameter parameter, NDArray first, NDArray second) {}

  private final Settings settings;
  private final NDManager manager;
  private final List<Slot> slots = new ArrayList<>();
  private long updates;

  /** An optimizer of {@code parameters} with moments of zero. */
  public AdamW(Settings settings, List<TrainedParameter> parameters) {
    this.settings = settings;
    this.manager = parameters.get(0).value().getManager().newSubManager();
    for (TrainedParameter parameter : parameters) {
      slots.add(
          new Slot(
              parameter,
              manager.zeros(parameter.value().getShape()),
              manager.zeros(parameter.value().getShape())));
    }
  }

  /**
   * One update with the accumulated gradients.
   *
   * @param learningRate step size
   * @param gradientScale factor on every gradient (from clipping; 1 for none)
   */
  public void update(double learningRate, double gradientScale) {
    updates++;
    double correction1 = 1 - Math.pow(settings.beta1(), (double) updates);
    double correction2 = 1 - Math.pow(settings.beta2(), (double) updates);
    for (Slot slot : slots) {
      Torch.scoped(() -> update(slot, learningRate, gradientScale, correction1, correction2));
    }
  }

  private void update(
      Slot slot,
      double learningRate,
      double gradientScale,
      double correction1,
      double correction2) {
    TrainedParameter parameter = slot.parameter();
    boolean decays = parameter.value().getShape().dimension() > 1;
    NDArray value = parameter.value().reshape(-1);
    NDArray gradient = parameter.gradient().reshape(-1);
    NDArray first = slot.first().reshape(-1);
    NDArray second = slot.second().reshape(-1);
    long size = value.size();
    for (long from = 0; from < size; from += PIECE) {
      long to = Math.min(size, from + PIECE);
      try (NDScope piece = new NDScope()) {
        piece.suppressNotUsedWarning();
        NDArray theta = Ops.slice(value, 0, from, to);
        NDArray m = Ops.slice(first, 0, from, to);
        NDArray v = Ops.slice(second, 0, from, to);
        NDArray g = Ops.slice(gradient, 0, from, to).mul(gradientScale);
        if (decays && settings.weightDecay() != 0) {
          theta.muli(1 - learningRate * settings.weightDecay());
        }
        m.muli(settings.beta1()).addi(g.mul(1 - settings.beta1()));
        v.muli(settings.beta2()).addi(g.square().muli(1 - settings.beta2()));
        NDArray denominator = v.sqrt().muli(1 / Math.sqrt(correction2)).addi(settings.epsilon());
        theta.subi(m.div(denominator).muli(learningRate / correction1));
      }
    }
  }

  /** Euclidean norm of all gradients together; NaN or infinite if any of them is. */
  public double gradientNorm() {
    double squares = 0;
    for (Slot slot : slots) {
      NDArray gradient = slot.parameter().gradient();
      squares += Torch.scoped(() -> gradient.reshape(-1).matMul(gradient.reshape(-1)).getFloat());
    }
    return Math.sqrt(squares);
  }

  /**
   * Factor that scales gradients of norm {@code norm} down to {@code maxNorm} (Pascanu et al. 2013,
   * arXiv:1211.5063); 1 if the norm is not above it or {@code maxNorm} is 0 (off).
   */
  public static double clipFactor(double norm, double maxNorm) {
    return maxNorm > 0 && norm > maxNorm ? maxNorm / norm : 1;
  }

  /** Number of updates made so far: the exponent of the bias correction. */
  public long updates() {
    return updates;
  }

  /** Both moments of every parameter, as {@code NAME.first} and {@code NAME.second}. */
  public List<TensorBytes> state() {
    List<TensorBytes> state = new ArrayList<>();
    for (Slot slot : slots) {
      state.add(TensorCopy.toBytes(slot.parameter().name() + ".first", slot.first()));
      state.add(TensorCopy.toBytes(slot.parameter().name() + ".second", slot.second()));
    }
    return state;
  }

  /**
   * Restores the results of {@link #state} and {@link #updates}.
   *
   * @throws IllegalArgumentException if a moment is missing or has another shape
   */
  public void restore(long updates, List<TensorBytes> state) {
    Map<String, TensorBytes> byName =
        state.stream().collect(Collectors.toMap(TensorBytes::name, tensor -> tensor));
    for (Slot slot : slots) {
      TensorCopy.set(slot.first(), required(byName, slot.parameter().name() + ".first"));
      TensorCopy.set(slot.second(), required(byName, slot.parameter().name() + ".second"));
    }
    this.updates = updates;
  }

  private static TensorBytes required(Map<String, TensorBytes> byName, String name) {
    TensorBytes tensor = byName.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("the optimizer's state lacks " + name);
    }
    return tensor;
  }

  @Override
  public void close() {
    manager.close();
  }
}
