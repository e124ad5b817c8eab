package io.tributary.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.tributary.tensor.Torch;
import java.util.Random;

/**
 * The work of choosing the next token of a batch, in parts that can be timed: the product that
 * gives the logits, that product with the choice, and for comparison the softmax alone.
 */
public final class TokenChoiceCost implements AutoCloseable {
  private final NDManager manager;
  private final OutputLayer output;
  private final int vocabulary;
  private final NDArray hidden;
  private final NDArray logits;
  private final double[] uniforms;

  /**
   * @param model its output layer is used; stays open
   * @param rows tokens that are chosen at once, B
   */
  public TokenChoiceCost(LanguageModel model, int rows) {
    this.manager = model.manager().newSubManager();
    this.output = new OutputLayer(model.output());
    this.vocabulary = model.config().vocabulary();
    this.hidden = manager.randomNormal(new Shape(rows, model.config().width())); // (B, D)
    this.logits = Torch.inference(() -> output.logits(hidden, 0, vocabulary)); // (B, V)
    this.uniforms = new Random(1).doubles(rows).toArray();
  }

  /** The logits, in the blocks in which {@link #productAndChoice} makes them. */
  public void product() {
    Torch.scoped(
        () -> {
          for (int from = 0; from < vocabulary; from += TokenChoice.BLOCK) {
            output.logits(hidden, from, Math.min(vocabulary, from + TokenChoice.BLOCK)).close();
          }
        });
  }

  /** The logits and the choice of a token for each row. */
  public void productAndChoice() {
    Torch.scoped(
        () -> {
          TokenChoice.choose(output, vocabulary, hidden, uniforms);
        });
  }

  /** The softmax of logits that are there already, (B, V). */
  public void softmax() {
    Torch.scoped(
        () -> {
          logits.softmax(1);
        });
  }

  @Override
  public void close() {
    manager.close();
  }
}
