package io.tributary.config.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BinderTest {
  /** A section whose values are checked together, as those of objectives are. */
  private record Section(List<Integer> numbers, Optional<String> text) {
    Section {
      Require.that(!numbers.contains(13), "numbers[" + numbers.indexOf(13) + "]", 13, "another");
      Require.that(!numbers.contains(14), "numbers[0].unit", 14, "given with a unit");
      if (numbers.contains(15)) {
        throw new ArithmeticException("a mistake of the record");
      }
    }
  }

  private static Section bind(String text) {
    ConfigParseOptions named = ConfigParseOptions.defaults().setOriginDescription("test.conf");
    return new Binder("test.conf")
        .bind(Section.class, ConfigFactory.parseString(text, named).root(), "section");
  }

  @Test
  void anOptionalKeyMayBeAbsentOrNull() {
    assertThat(bind("numbers = [1, 2]")).isEqualTo(new Section(List.of(1, 2), Optional.empty()));
    assertThat(bind("numbers = [], text = null").text()).isEmpty();
    assertThat(bind("numbers = [], text = a").text()).hasValue("a");
  }

  @Test
  void theLineOfAnElementIsNamed() {
    assertThatThrownBy(() -> bind("numbers = [\n1,\n13]"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("test.conf:3: section.numbers[1] must be another, got 13");
  }

  @Test
  void theLineOfTheInnermostValueIsNamedWhereTheKeyHasNone() {
    assertThatThrownBy(() -> bind("numbers = [\n14]"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("test.conf:2: section.numbers[0].unit must be given with a unit, got 14");
  }

  @Test
  void aMistakeOfARecordIsNoMistakeOfTheFile() {
    assertThatThrownBy(() -> bind("numbers = [15]"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("can't make a Section")
        .hasCauseInstanceOf(ArithmeticException.class);
  }
}
