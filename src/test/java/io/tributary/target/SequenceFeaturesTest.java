package io.tributary.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.tributary.model.TextTokenizer;
import io.tributary.target.SequenceFeatures.Featured;
import io.tributary.target.feature.Feature;
import io.tributary.target.feature.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SequenceFeaturesTest {
  private static TextTokenizer tokenizer;

  @BeforeAll
  static void makeATokenizer(@TempDir Path directory) throws IOException {
    tokenizer =
        TextTokenizer.read(
            Files.writeString(
                directory.resolve("tokenizer.json"),
                """
                {
                  "version": "1.0",
                  "pre_tokenizer": {"type": "Whitespace"},
                  "model": {"type": "WordLevel", "unk_token": "x", "vocab": {"a": 0, "bc": 1, "x": 2}}
                }
                """));
  }

  /** Fails on an x, and counts how many texts it is given at once. */
  private record Failing(Map<Integer, Integer> batches) implements Feature {
    @Override
    public String name() {
      return "failing";
    }

    @Override
    public double value(Text text) {
      if (text.text().equals("x")) {
        throw new IllegalStateException("as the test asked");
      }
      return text.text().length();
    }

    @Override
    public double[] values(List<Text> texts) {
      batches.merge(texts.size(), 1, Integer::sum);
      return Feature.super.values(texts);
    }
  }

  private final Map<Integer, Integer> batches = new TreeMap<>();

  private List<Featured> of(String... texts) {
    EnergyBasedModel target =
        new EnergyBasedModel(List.of(new Factor.Required(new Failing(batches))));
    return new SequenceFeatures(tokenizer, target)
        .of(Stream.of(texts).map(tokenizer::encode).toList(), "a test", 100, () -> {});
  }

  @Test
  void featuresAreThoseOfTheDecodedTextAllAtOnce() {
    List<Featured> featured = of("a", "bc");
    assertThat(featured).extracting(Featured::index).containsExactly(0, 1);
    assertThat(featured).extracting(f -> f.text().text()).containsExactly("a", "bc");
    assertThat(featured).extracting(f -> f.text().tokens()).containsExactly(1, 1);
    assertThat(featured).extracting(f -> f.values()[0]).containsExactly(1.0, 2.0);
    assertThat(batches).containsExactly(entry(2, 1));
  }

  @Test
  void onlyTheSequencesThatAFeatureFailsOnAreDropped() {
    List<Featured> featured = of("a", "x", "bc");
    assertThat(featured).extracting(Featured::index).containsExactly(0, 2);
    assertThat(featured.get(1).values()).containsExactly(2);
    assertThat(batches).containsExactly(entry(1, 3), entry(3, 1));
  }
}
