package io.tributary.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import io.tributary.tensor.AdamW;
import io.tributary.tensor.GradientNorm;
import io.tributary.tensor.Ops;
import io.tributary.tensor.Torch;
import io.tributary.tensor.TrainedParameter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Gradient steps on a model: accumulate gradients over micro-batches, then update with AdamW.
 *
 * <p>For one thread.
 */
public final class GptTraining implements AutoCloseable {
  private final Gpt model;
  private final OutputLayer output;
  private final List<TrainedParameter> parameters = new ArrayList<>();
  private final TrainedParameter outputParameter;
  private final AdamW optimizer;

  /** Training of {@code model}, whose weights become leaves of the autograd graph. */
  public GptTraining(Gpt model, AdamW.Settings settings) {
    this(model, settings, new OutputLayer(model.output()));
  }

  /** As the other one, with an output layer of {@code model} of its own block size. */
  GptTraining(Gpt model, AdamW.Settings settings, OutputLayer output) {
    this.model = model;
    this.output = output;
    model.weights().forEach((name, weight) -> parameters.add(TrainedParameter.of(name, weight)));
    this.outputParameter =
        parameters.stream().filter(p -> p.value() == model.output()).findFirst().orElseThrow();
    this.optimizer = new AdamW(settings, parameters);
  }

  public Gpt model() {
    return model;
  }

  public AdamW optimizer() {
    return optimizer;
  }

  /** Sets all gradients to zero. */
  public void zeroGradients() {
    parameters.forEach(parameter -> Ops.zeroGradient(parameter.value()));
  }

  /**
   * Adds the gradient of the loss {@code - sum_i c_i log pi(x_i)} to the gradients.
   *
   * @param prefix what comes before each sequence, at least one token
   * @param sequences the sequences x_i, small enough in number to be computed at once
   * @param dropout probability of dropout; 0 for none
   * @param coefficients gets log pi(x_i) of this very pass, in nats, and gives c_i; constants for
   *     the gradient
   * @return log pi(x_i) in nats
   */
  public double[] accumulate(
      int[] prefix, List<int[]> sequences, double dropout, UnaryOperator<double[]> coefficients) {
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      SequenceBatch batch = new SequenceBatch(prefix, sequences, model.config());
      NDArray hidden = Torch.recording(() -> batch.hidden(model, dropout)); // (N, D)
      return Torch.inference(
          () -> {
            NDArray constant = hidden.stopGradient();
            OutputLayer.TokenLogProbs pass = output.logProbs(constant, batch.targets());
            double[] logProbs = SequenceScores.sums(batch.bySequence(pass.logProbs()));
            double[] c = coefficients.apply(logProbs.clone());
            double[] lossGradient = batch.spreadOverTokens(c);
            for (int i = 0; i < lossGradient.length; i++) {
              lossGradient[i] = -lossGradient[i];
            }
            NDArray hiddenGradient =
                output.addGradient(
                    constant, batch.targets(), pass, lossGradient, outputParameter.gradient());
            Ops.backward(hidden, hiddenGradient);
            return logProbs;
          });
    }
  }

  /** Euclidean norm of all accumulated gradients together; NaN or infinite if any of them is. */
  public double gradientNorm() {
    return GradientNorm.of(parameters);
  }

  /**
   * Updates the weights with the accumulated gradients, scaled down to {@code maxGradientNorm}.
   *
   * @param learningRate step size
   * @param gradientNorm what {@link #gradientNorm} gave
   * @param maxGradientNorm largest norm; 0 for no clipping
   */
  public void update(double learningRate, double gradientNorm, double maxGradientNorm) {
    optimizer.update(learningRate, GradientNorm.clipFactor(gradientNorm, maxGradientNorm));
  }

  /** Gradients by name, in the model's order. */
  List<TrainedParameter> parameters() {
    return parameters;
  }

  /** Frees gradients and moments; the model remains, as one that is not trained. */
  @Override
  public void close() {
    optimizer.close();
    parameters.forEach(TrainedParameter::close);
  }
}
