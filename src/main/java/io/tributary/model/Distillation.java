package io.tributary.model;

import ai.djl.ndarray.NDArray;
import io.tributary.model.OutputLayer.Distributions;
import io.tributary.tensor.Ops;
import java.util.ArrayList;
import java.util.List;

/**
 * The gradient that draws a model's distributions of single tokens towards those of another one,
 * the teacher a, whose logits it computes: that of a sum of KL(a(. | prefix, x_&lt;t) || pi(. |
 * prefix, x_&lt;t)) over tokens of sequences.
 */
public final class Distillation implements AutoCloseable {
  private final LanguageModel teacher;
  private final OutputLayer output;

  /**
   * Towards a model of the same vocabulary.
   *
   * @param teacher closed with this
   */
  public Distillation(LanguageModel teacher) {
    this.teacher = teacher;
    this.output = new OutputLayer(teacher.output());
  }

  /** The tokens of a sequence whose divergence matters: from {@code first} on. */
  private record Part(int[] sequence, int first, int row, double[] coefficients) {
    int tokens() {
      return sequence.length - first;
    }
  }

  /**
   * Adds the gradients of {@link TokenGradients#byDivergence}; gradient mode must be off.
   *
   * @param pupil the output layer of pi
   * @param hidden (N, D), the hidden states of pi that predict the N tokens of all sequences
   * @param logNormalisers (N), of their logits
   * @param weightGradient (V, D), with respect to the weights of that layer
   * @param hiddenGradient (N, D), with respect to the hidden states
   */
  void addGradient(
      int[] prefix,
      List<int[]> sequences,
      List<TokenGradients> gradients,
      OutputLayer pupil,
      NDArray hidden,
      double[] logNormalisers,
      NDArray weightGradient,
      NDArray hiddenGradient) {
    List<Part> parts = parts(sequences, gradients);
    if (parts.isEmpty()) {
      return;
    }
    int n = parts.stream().mapToInt(Part::tokens).sum();
    double[] coefficients = new double[n];
    double[] ofPupil = new double[n];
    long[] rows = new long[n];
    long[] teacherRows = new long[n];
    int at = 0;
    int teacherRow = 0;
    for (Part part : parts) {
      for (int t = part.first(); t < part.sequence().length; t++) {
        coefficients[at] = part.coefficients()[t];
        ofPupil[at] = logNormalisers[part.row() + t];
        rows[at] = (long) part.row() + t;
        teacherRows[at] = (long) teacherRow + t;
        at++;
      }
      teacherRow += part.sequence().length;
    }
    NDArray states =
        new SequenceBatch(prefix, parts.stream().map(Part::sequence).toList(), teacher.config())
            .hidden(teacher, 0);
    Distributions teachers =
        Distributions.of(output, Ops.rows(states, states.getManager().create(teacherRows)));
    Distributions pupils =
        new Distributions(pupil, Ops.rows(hidden, hidden.getManager().create(rows)), ofPupil);
    NDArray added = pupil.addDivergenceGradient(teachers, pupils, coefficients, weightGradient);
    long from = 0;
    for (Part part : parts) {
      Ops.slice(
              hiddenGradient,
              0,
              (long) part.row() + part.first(),
              part.row() + part.sequence().length)
          .addi(Ops.slice(added, 0, from, from + part.tokens()));
      from += part.tokens();
    }
  }

  private static List<Part> parts(List<int[]> sequences, List<TokenGradients> gradients) {
    List<Part> parts = new ArrayList<>();
    int row = 0;
    for (int i = 0; i < sequences.size(); i++) {
      int[] sequence = sequences.get(i);
      int first = gradients.get(i).firstDivergence();
      if (first < sequence.length) {
        parts.add(new Part(sequence, first, row, gradients.get(i).byDivergence()));
      }
      row += sequence.length;
    }
    return parts;
  }

  @Override
  public void close() {
    teacher.close();
  }
}
