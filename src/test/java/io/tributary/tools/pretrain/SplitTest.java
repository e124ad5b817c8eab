package io.tributary.tools.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.tools.pretrain.Corpus.Document;
import io.tributary.tools.pretrain.PretrainingData.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitTest {
  private static List<Document> documents(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> new Document("text " + i, 1)).toList();
  }

  @Test
  void theAskedShareIsHeldOut() {
    Split split = Split.of(documents(0, 20_000), 0.05, 3);
    assertThat(split.training().size() + split.heldOut().size()).isEqualTo(20_000);
    assertThat(split.heldOut().size() / 20_000.0).isCloseTo(0.05, within(0.005));
  }

  @Test
  void documentsOfTheSameTextAreOnTheSameSide() {
    List<Document> twice = new ArrayList<>(documents(0, 500));
    twice.addAll(documents(0, 500));
    Split split = Split.of(twice, 0.3, 3);
    assertThat(split.training()).doesNotContainAnyElementsOf(split.heldOut());
  }

  @Test
  void moreDataMovesNoDocumentToTheOtherSide() {
    Split few = Split.of(documents(0, 500), 0.3, 3);
    Split more = Split.of(documents(0, 1000), 0.3, 3);
    assertThat(more.heldOut()).containsAll(few.heldOut());
    assertThat(more.training()).containsAll(few.training());
  }

  @Test
  void anotherSeedHoldsOutOthers() {
    assertThat(Split.of(documents(0, 500), 0.3, 3).heldOut())
        .isNotEqualTo(Split.of(documents(0, 500), 0.3, 4).heldOut());
  }
}
