package io.tributary.stage.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tributary.data.WordTokens;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TextMetricsTest {
  /** Written by src/test/python/text_metrics.py with NLTK. */
  private static final Path RECORDED = Path.of("src/test/resources/evaluate/text_metrics.json");

  static Stream<Named<JsonObject>> recorded() throws IOException {
    return JsonParser.parseString(Files.readString(RECORDED)).getAsJsonArray().asList().stream()
        .map(JsonElement::getAsJsonObject)
        .map(json -> Named.of(json.get("name").getAsString(), json));
  }

  private static Measurements measure(List<String> texts) {
    return TextMetrics.of(texts.stream().map(WordTokens::of).toList());
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void agreesWithNltk(JsonObject recorded) {
    List<String> texts = strings(recorded.getAsJsonArray("texts"));
    Measurements measured = measure(texts);
    recorded
        .getAsJsonObject("measured")
        .entrySet()
        .forEach(
            e ->
                assertThat(measured.get(Metric.valueOf(e.getKey().toUpperCase(Locale.ROOT))))
                    .as(e.getKey())
                    .isCloseTo(e.getValue().getAsDouble(), within(1e-12)));
    assertThat(measured.values()).hasSize(6);
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void wordTokensAreThoseThatNltkWasGiven(JsonObject recorded) {
    List<List<String>> tokens =
        recorded.getAsJsonArray("tokens").asList().stream()
            .map(words -> strings(words.getAsJsonArray()))
            .toList();
    assertThat(strings(recorded.getAsJsonArray("texts")).stream().map(WordTokens::of))
        .containsExactlyElementsOf(tokens);
  }

  @Test
  void tokensAndNotNgramsAreTheDenominatorOfDistinct() {
    Measurements measured = measure(List.of("a b a b", "c"));
    assertThat(measured.get(Metric.DISTINCT_1)).isEqualTo((2.0 / 4 + 1) / 2);
    assertThat(measured.get(Metric.DISTINCT_2)).isEqualTo((2.0 / 4 + 0) / 2);
    assertThat(measured.get(Metric.DISTINCT_3)).isEqualTo((2.0 / 4 + 0) / 2);
  }

  @Test
  void caseMakesAWordAnotherOne() {
    Measurements measured = measure(List.of("The the", "the"));
    assertThat(measured.get(Metric.DISTINCT_1)).isEqualTo(1);
  }

  @Test
  void oneTextHasNothingToBeComparedWithAndNoneHasNoMeasure() {
    Measurements one = measure(List.of("the cat"));
    assertThat(one.get(Metric.DISTINCT_1)).isEqualTo(1);
    assertThat(one.get(Metric.SELF_BLEU_3)).isNaN();
    assertThat(measure(List.of()).values().values()).allMatch(value -> value.isNaN());
  }

  @Test
  void selfBleuDoesNotDependOnTheOrderOfTheTexts() {
    List<String> texts = texts(80, 30, 7);
    Measurements measured = measure(texts);
    List<String> shuffled = new ArrayList<>(texts);
    Collections.shuffle(shuffled, new Random(1));
    for (Metric name : List.of(Metric.SELF_BLEU_3, Metric.SELF_BLEU_5, Metric.DISTINCT_2)) {
      assertThat(measure(shuffled).get(name)).isCloseTo(measured.get(name), within(1e-12));
    }
  }

  @Test
  void selfBleuLooksAtTheFirstTextsAndDistinctAtAll() {
    List<String> texts = texts(TextMetrics.SELF_BLEU_TEXTS, 10, 3);
    List<String> more = new ArrayList<>(texts);
    more.addAll(Collections.nCopies(100, "x x x x x x x x"));
    Measurements few = measure(texts);
    Measurements many = measure(more);
    assertThat(many.get(Metric.SELF_BLEU_4)).isEqualTo(few.get(Metric.SELF_BLEU_4));
    assertThat(many.get(Metric.DISTINCT_1)).isLessThan(few.get(Metric.DISTINCT_1));
  }

  @Test
  void fiveHundredTextsOfFortyWordsTakeLittleTime() {
    List<String> texts = texts(TextMetrics.SELF_BLEU_TEXTS, 40, 5);
    long start = System.nanoTime();
    assertThat(measure(texts).get(Metric.SELF_BLEU_5)).isBetween(0.0, 1.0);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
  }

  private static List<String> texts(int n, int words, long seed) {
    Random random = new Random(seed);
    return IntStream.range(0, n)
        .mapToObj(
            i ->
                IntStream.range(0, words)
                    .mapToObj(j -> "w" + (int) Math.abs(random.nextGaussian() * 20))
                    .collect(Collectors.joining(" ")))
        .toList();
  }

  private static List<String> strings(JsonArray array) {
    return array.asList().stream().map(JsonElement::getAsString).toList();
  }
}
