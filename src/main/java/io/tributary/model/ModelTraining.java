package io.tributary.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import io.tributary.tensor.AdamW;
import io.tributary.tensor.Ops;
import io.tributary.tensor.Torch;
import io.tributary.tensor.TrainedParameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Gradient steps on a model: accumulate gradients over micro-batches, then update with AdamW.
 *
 * <p>Not thread-safe.
 */
public final class ModelTraining implements AutoCloseable {
  private static final double[] NO_VALUES = {};

  private final LanguageModel model;
  private final OutputLayer output;
  private final @Nullable ValueHead valueHead;
  private final List<TrainedParameter> parameters = new ArrayList<>();
  private final TrainedParameter outputParameter;
  private final AdamW optimizer;

  /** Without a value function. */
  public ModelTraining(LanguageModel model, AdamW.Settings settings) {
    this(model, null, settings);
  }

  /**
   * Training of {@code model}, whose weights become leaves of the autograd graph, and of a value
   * function on its hidden states.
   *
   * @param valueHead closed with this; null for none
   */
  public ModelTraining(
      LanguageModel model, @Nullable ValueHead valueHead, AdamW.Settings settings) {
    this(model, valueHead, settings, new OutputLayer(model.output()));
  }

  /** As above, with an output layer of another block size. */
  ModelTraining(
      LanguageModel model,
      @Nullable ValueHead valueHead,
      AdamW.Settings settings,
      OutputLayer output) {
    this.model = model;
    this.output = output;
    this.valueHead = valueHead;
    model.weights().forEach((name, weight) -> parameters.add(TrainedParameter.of(name, weight)));
    this.outputParameter =
        parameters.stream().filter(p -> p.value() == model.output()).findFirst().orElseThrow();
    if (valueHead != null) {
      parameters.addAll(valueHead.parameters());
    }
    this.optimizer = new AdamW(settings, parameters);
  }

  public LanguageModel model() {
    return model;
  }

  /** The value function that is trained with the model; null for none. */
  public @Nullable ValueHead valueHead() {
    return valueHead;
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
   * @param coefficients maps log pi(x_i) of this pass, in nats, to c_i, which are constants for the
   *     gradient
   * @return log pi(x_i) in nats
   */
  public double[] accumulate(
      int[] prefix, List<int[]> sequences, double dropout, UnaryOperator<double[]> coefficients) {
    return TokenScores.logProbs(
        accumulateByToken(
            prefix,
            sequences,
            dropout,
            scores -> {
              double[] c = coefficients.apply(TokenScores.logProbs(scores));
              return IntStream.range(0, c.length)
                  .mapToObj(
                      i -> {
                        double[] byLogProb = new double[sequences.get(i).length];
                        Arrays.fill(byLogProb, -c[i]);
                        return new TokenGradients(byLogProb, NO_VALUES);
                      })
                  .toList();
            }));
  }

  /**
   * Adds the gradient of a loss of single tokens' log-probabilities and values to the gradients.
   *
   * <p>Prefix, sequences and dropout as in {@link #accumulate}.
   *
   * @param loss maps the scores of this pass to the derivatives of the loss; those with respect to
   *     the values may be empty for all sequences
   * @return the scores of this pass
   */
  public List<TokenScores> accumulateByToken(
      int[] prefix,
      List<int[]> sequences,
      double dropout,
      Function<List<TokenScores>, List<TokenGradients>> loss) {
    return accumulateByToken(prefix, sequences, dropout, loss, null);
  }

  /**
   * As above, of a loss of divergences from another model too.
   *
   * @param distillation for them; null if the loss has none
   */
  public List<TokenScores> accumulateByToken(
      int[] prefix,
      List<int[]> sequences,
      double dropout,
      Function<List<TokenScores>, List<TokenGradients>> loss,
      @Nullable Distillation distillation) {
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      SequenceBatch batch = new SequenceBatch(prefix, sequences, model.config());
      NDArray hidden = Torch.recording(() -> batch.hidden(model, dropout)); // (N, D)
      return Torch.inference(
          () -> {
            NDArray constant = hidden.stopGradient();
            OutputLayer.TokenLogProbs pass = output.logProbs(constant, batch.targets());
            double[] values = valueHead == null ? NO_VALUES : valueHead.values(constant);
            List<TokenScores> scores = TokenScores.of(batch, pass.logProbs(), values);
            List<TokenGradients> gradients = loss.apply(scores);
            NDArray hiddenGradient =
                output.addGradient(
                    constant,
                    LogProbTerms.of(
                        output,
                        constant,
                        batch.targets(),
                        pass,
                        batch.joined(gradients.stream().map(TokenGradients::byLogProb).toList()),
                        gradients),
                    pass.logNormalisers(),
                    outputParameter.gradient());
            if (gradients.stream().anyMatch(g -> g.byValue().length > 0)) {
              Objects.requireNonNull(valueHead, "there is no value head")
                  .addGradient(
                      constant,
                      batch.joined(gradients.stream().map(TokenGradients::byValue).toList()),
                      hiddenGradient);
            }
            if (distillation != null) {
              distillation.addGradient(
                  prefix,
                  sequences,
                  gradients,
                  output,
                  constant,
                  pass.logNormalisers(),
                  outputParameter.gradient(),
                  hiddenGradient);
            }
            Ops.backward(hidden, hiddenGradient);
            return scores;
          });
    }
  }

  /** Euclidean norm of all accumulated gradients together; NaN or infinite if any of them is. */
  public double gradientNorm() {
    return optimizer.gradientNorm();
  }

  /**
   * Updates the weights with the accumulated gradients, scaled down to {@code maxGradientNorm}.
   *
   * @param learningRate step size
   * @param gradientNorm the result of {@link #gradientNorm}
   * @param maxGradientNorm largest norm; 0 for no clipping
   * @return the factor by which they were scaled
   */
  public double update(double learningRate, double gradientNorm, double maxGradientNorm) {
    double factor = AdamW.clipFactor(gradientNorm, maxGradientNorm);
    optimizer.update(learningRate, factor);
    return factor;
  }

  /** Gradients by name, in the model's order. */
  List<TrainedParameter> parameters() {
    return parameters;
  }

  /** Frees gradients, moments and the value head; the model remains, as one that is not trained. */
  @Override
  public void close() {
    optimizer.close();
    parameters.forEach(TrainedParameter::close);
    if (valueHead != null) {
      valueHead.close();
    }
  }
}
