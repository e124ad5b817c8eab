package io.tributary.config.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FeatureConfigTest {
  static Stream<Class<?>> featuresThatNameAFile() {
    return Arrays.stream(FeatureConfig.class.getPermittedSubclasses())
        .filter(
            type -> Arrays.stream(type.getRecordComponents()).anyMatch(FeatureConfigTest::isPath));
  }

  private static boolean isPath(RecordComponent component) {
    return component.getGenericType().getTypeName().contains(Path.class.getName());
  }

  /** Otherwise a run would go on from a checkpoint although the file has changed. */
  @ParameterizedTest
  @MethodSource("featuresThatNameAFile")
  void aFeatureThatReadsAFileIdentifiesWhatItHolds(Class<?> type) {
    assertThat(type.getDeclaredMethods()).extracting("name").contains("contents");
  }

  @Test
  void theContentsOfAListAreItsEntriesAndThoseOfAClassifierItsFingerprint(@TempDir Path directory)
      throws Exception {
    Path file = Files.writeString(directory.resolve("list.txt"), "one\ntwo three\n");
    Function<Path, String> fingerprint = path -> "of " + path.getFileName();
    assertThat(
            new FeatureConfig.WordList(List.of(), Optional.of(file), false).contents(fingerprint))
        .isEqualTo("[one, two three]");
    assertThat(
            new FeatureConfig.Classifier(directory.resolve("classifier"), List.of("a"))
                .contents(fingerprint))
        .isEqualTo("of classifier");
    assertThat(new FeatureConfig.Word("one", false).contents(fingerprint)).isEmpty();
  }
}
