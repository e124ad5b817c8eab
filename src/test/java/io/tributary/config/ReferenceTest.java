package io.tributary.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.tributary.config.binding.KeyCheck;
import io.tributary.config.binding.Schema;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ReferenceTest {
  private static final Path REFERENCE = Path.of("src/main/resources/reference.conf");

  @Test
  void givesNoKeyThatNoRecordReads() {
    Config reference = ConfigFactory.parseFile(REFERENCE.toFile());
    KeyCheck.check(reference.root());
  }

  @Test
  void documentsEveryKeyThatARecordReads() throws IOException {
    String text = Files.readString(REFERENCE);
    Set<String> all = new TreeSet<>();
    leaves(Schema.sections(), new HashSet<>(), all);
    assertThat(all).contains("sequences", "case-sensitive", "pattern");
    for (String key : all) {
      assertThat(text).as("documentation of %s", key).containsPattern("\\b" + key + "\\b");
    }
  }

  private static void leaves(Map<String, Type> keys, Set<Type> seen, Set<String> leaves) {
    keys.forEach(
        (key, type) -> {
          leaves.add(key);
          if (Schema.content(type) instanceof Class<?> inner && seen.add(inner)) {
            List<Class<?>> records = new ArrayList<>();
            if (inner.isRecord()) {
              records.add(inner);
            } else if (inner.isSealed()) {
              records.addAll(Schema.implementations(inner).values());
            }
            records.forEach(record -> leaves(Schema.keys(record), seen, leaves));
          }
        });
  }
}
