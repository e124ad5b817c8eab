package io.tributary.tools.classifiertraining;

import io.tributary.data.BadInputException;
import io.tributary.data.Seeds;
import io.tributary.data.Seeds.Purpose;
import io.tributary.data.WordTokens;
import io.tributary.model.classifier.FeatureRow;
import io.tributary.model.classifier.LinearHead;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The folds of a cross-validation.
 *
 * <p>Folds have the labels in the same proportions. Texts of the same words are in the same fold,
 * so that no head is tested on what it was trained on.
 */
record Folds(int count, int[] foldOf) {

  private record Group(int label, String words, List<Integer> texts) {}

  /**
   * Assigns texts to folds at random.
   *
   * @throws BadInputException if there are fewer than two folds, or a label has too few texts for
   *     them
   */
  static Folds of(LabelledTexts data, int count, long seed) {
    Map<String, Group> groups = new LinkedHashMap<>();
    for (int i = 0; i < data.texts().size(); i++) {
      String words = words(data.texts().get(i));
      int label = data.labelled()[i];
      groups
          .computeIfAbsent(words, any -> new Group(label, words, new ArrayList<>()))
          .texts()
          .add(i);
    }
    requireEnough(data, groups, count);
    List<Group> order = new ArrayList<>(groups.values());
    order.sort(
        Comparator.comparingInt(Group::label)
            .thenComparingLong(group -> Seeds.seed(seed, Purpose.FOLD, group.words().hashCode())));
    int[] foldOf = new int[data.texts().size()];
    for (int i = 0; i < order.size(); i++) {
      for (int text : order.get(i).texts()) {
        foldOf[text] = i % count;
      }
    }
    return new Folds(count, foldOf);
  }

  private static void requireEnough(LabelledTexts data, Map<String, Group> groups, int count) {
    if (count < 2) {
      throw new BadInputException("folds = %d: expected at least 2".formatted(count));
    }
    for (int label = 0; label < data.labels().size(); label++) {
      int wanted = label;
      long texts = groups.values().stream().filter(group -> group.label() == wanted).count();
      if (texts < count) {
        throw new BadInputException(
            "label \"%s\" has %d different texts, too few for %d folds; expected at least one in each"
                .formatted(data.labels().get(label), texts, count));
      }
    }
  }

  /** The words of a text, or the text itself if it has none. */
  private static String words(String text) {
    List<String> words = WordTokens.of(text).stream().map(WordTokens::fold).toList();
    return words.isEmpty() ? text : String.join(" ", words);
  }

  /** Texts of a fold. */
  int[] inside(int fold) {
    return IntStream.range(0, foldOf.length).filter(i -> foldOf[i] == fold).toArray();
  }

  /** Texts of all other folds. */
  int[] outside(int fold) {
    return IntStream.range(0, foldOf.length).filter(i -> foldOf[i] != fold).toArray();
  }

  /** Predictions in each fold by a head trained on the other folds; each text is predicted once. */
  List<Confusion> validate(
      LabelledTexts data, List<FeatureRow> rows, int ngrams, LogisticRegression regression) {
    List<Confusion> confusions = new ArrayList<>();
    for (int fold = 0; fold < count; fold++) {
      int[] training = outside(fold);
      int[] held = inside(fold);
      LinearHead head = regression.fit(at(rows, training), data.labelled(training), ngrams);
      int[] predicted = at(rows, held).stream().mapToInt(head::predict).toArray();
      confusions.add(Confusion.of(data.labels().size(), data.labelled(held), predicted));
    }
    return confusions;
  }

  private static List<FeatureRow> at(List<FeatureRow> rows, int[] indices) {
    return IntStream.of(indices).mapToObj(rows::get).toList();
  }
}
