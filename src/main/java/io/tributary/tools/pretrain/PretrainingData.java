package io.tributary.tools.pretrain;

import io.tributary.config.PretrainConfig;
import io.tributary.data.BadInputException;
import io.tributary.data.Seeds;
import io.tributary.data.Seeds.Purpose;
import io.tributary.model.TextTokenizer;
import io.tributary.tools.pretrain.Corpus.Document;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Token sequences to train on and to measure perplexity on. Each is what follows the
 * beginning-of-text token: a document's tokens and the end-of-text token, or, if they are too many,
 * only the first of them.
 *
 * @param training sequences, repeated as often as their documents
 * @param heldOut sequences, each once
 */
record PretrainingData(List<int[]> training, List<int[]> heldOut) {

  /**
   * Reads, splits and encodes the files.
   *
   * @throws BadInputException if a file can't be used, or if either side of the split is empty
   */
  static PretrainingData read(PretrainConfig config, TextTokenizer tokenizer, int endOfText) {
    Split split = Split.of(Corpus.read(config.data()), config.heldOutFraction(), config.seed());
    if (split.training().isEmpty() || split.heldOut().isEmpty()) {
      throw new BadInputException(
          "pretrain.held-out-fraction = %s leaves %d texts to train on and %d held out; give more text"
              .formatted(
                  config.heldOutFraction(), split.training().size(), split.heldOut().size()));
    }
    List<int[]> training = new ArrayList<>();
    for (Document document : split.training()) {
      int[] tokens = encode(document.text(), tokenizer, endOfText, config.maxLength());
      training.addAll(Collections.nCopies(document.repeat(), tokens));
    }
    List<int[]> heldOut =
        split.heldOut().stream()
            .map(document -> encode(document.text(), tokenizer, endOfText, config.maxLength()))
            .toList();
    return new PretrainingData(training, heldOut);
  }

  /**
   * Documents to train on, and documents that are held out to measure perplexity.
   *
   * <p>Which side a document is on depends on its text and the seed alone: documents of the same
   * text are on the same side, and adding files to the data moves none.
   */
  record Split(List<Document> training, List<Document> heldOut) {

    /** Holds out about the given share of the documents. */
    static Split of(List<Document> documents, double heldOutFraction, long seed) {
      Map<Boolean, List<Document>> isHeldOut =
          documents.stream()
              .collect(Collectors.partitioningBy(d -> uniform(d.text(), seed) < heldOutFraction));
      return new Split(
          isHeldOut.getOrDefault(false, List.of()), isHeldOut.getOrDefault(true, List.of()));
    }

    /** A number in [0, 1), determined by text and seed. */
    private static double uniform(String text, long seed) {
      return (Seeds.seed(seed, Purpose.HELD_OUT, text.hashCode()) >>> 11) * 0x1p-53;
    }
  }

  private static int[] encode(String text, TextTokenizer tokenizer, int endOfText, int maxLength) {
    int[] tokens = tokenizer.encode(text);
    int[] sequence = Arrays.copyOf(tokens, Math.min(tokens.length + 1, maxLength));
    if (tokens.length < maxLength) {
      sequence[tokens.length] = endOfText;
    }
    return sequence;
  }
}
