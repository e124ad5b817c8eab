package io.tributary.stage.learn.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.data.BadInputException;
import io.tributary.stage.learn.TinyTraining;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunIdentityTest {
  @TempDir private Path directory;
  private Path words;
  private Path classifier;

  @BeforeEach
  void writeWhatFeaturesAreMadeOf() throws IOException {
    words = Files.writeString(directory.resolve("words.txt"), "one\ntwo words\n");
    classifier = Files.createDirectory(directory.resolve("classifier"));
    Files.writeString(classifier.resolve("classifier.json"), "{}");
  }

  private RunIdentity identity(String... overrides) throws IOException {
    Map<String, String> all = new java.util.HashMap<>();
    for (int i = 0; i < overrides.length; i += 2) {
      all.put(overrides[i], overrides[i + 1]);
    }
    return RunIdentity.of(TinyTraining.config(directory, all), "base");
  }

  private static void assertOther(RunIdentity one, RunIdentity other, String key) {
    for (RunIdentity[] both : new RunIdentity[][] {{one, other}, {other, one}}) {
      assertThatThrownBy(() -> both[0].requireSameAs(both[1], 4))
          .isInstanceOf(BadInputException.class)
          .hasMessageStartingWith(key + ": the checkpoint of step 4 was made with ");
    }
  }

  private static String features(String asked) {
    return "[{name = a, type = word, word = red, %s}]".formatted(asked);
  }

  @Test
  void whatLambdaDependsOnBelongsToIt() throws IOException {
    RunIdentity half = identity("target.features", features("moment = 0.5"));
    half.requireSameAs(identity("target.features", features("moment = 0.5")), 4);
    assertOther(half, identity("target.features", features("moment = 0.6")), "target.features");
    assertOther(half, identity("target.features", features("moment = 1")), "target.features");
    String fit = "target.fit.tolerance";
    assertOther(
        half, identity("target.features", features("moment = 0.5"), fit, "0.02"), "target.fit");
    assertOther(
        half, identity("target.features", features("moment = 0.5"), "run.seed", "2"), "run.seed");
    identity().requireSameAs(identity(fit, "0.02"), 4); // nothing is fitted
  }

  @Test
  void aRunDoesNotGoOnWithKlControlInPlaceOfMomentsOrWithout() throws IOException {
    String key = "target.kl-control";
    RunIdentity control = identity(key, "{beta = 1, reward = [{feature = chosen}]}");
    assertOther(control, identity(), key);
    assertOther(control, identity(key, "{beta = 2, reward = [{feature = chosen}]}"), key);
  }

  @Test
  void theContentsOfFilesBelongToIt() throws IOException {
    String listed =
        "[{name = l, type = not, feature {type = wordlist, file = \"%s\"}}]".formatted(words);
    RunIdentity list = identity("target.features", listed);
    Files.writeString(words, "one\nthree words\n");
    assertOther(list, identity("target.features", listed), "target.features");

    String classified =
        "[{name = c, type = classifier, directory = \"%s\", labels = [x]}]".formatted(classifier);
    RunIdentity before = identity("target.features", classified);
    before.requireSameAs(identity("target.features", classified), 4);
    Files.writeString(classifier.resolve("head.safetensors"), "weights");
    assertOther(before, identity("target.features", classified), "target.features");
  }

  @Test
  void aDifferenceFarBehindIsShown() {
    String same = "x".repeat(500);
    RunIdentity one = new RunIdentity(Map.of("target.features", same + " lambda of she"));
    RunIdentity other = new RunIdentity(Map.of("target.features", same + " lambda of her"));
    assertThatThrownBy(() -> one.requireSameAs(other, 4))
        .hasMessageContaining("lambda of she")
        .hasMessageContaining("lambda of her")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400));
  }
}
