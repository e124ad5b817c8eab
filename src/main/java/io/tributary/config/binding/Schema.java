package io.tributary.config.binding;

import com.typesafe.config.ConfigObject;
import io.tributary.config.PretrainConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.config.experiment.ExperimentConfig;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The keys of the configuration, as the records define them. */
public final class Schema {
  /** The section that contains all others. */
  public static final String ROOT = "tributary";

  /** The key that selects the implementation of a sealed interface. */
  static final String TYPE = "type";

  private Schema() {}

  /**
   * Name in the configuration, if it is not the Java name in kebab case: the key of a record
   * component, or the {@code type} of a record that implements a sealed interface.
   */
  @Retention(RetentionPolicy.RUNTIME)
  @Target({ElementType.RECORD_COMPONENT, ElementType.TYPE})
  public @interface Key {
    String value();
  }

  /**
   * The default of a key in elements of a list, for which {@code reference.conf} can document a
   * default but not set it.
   */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  public @interface Default {
    String value();
  }

  /** A path that must exist, and be of this kind, when the configuration is read. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  public @interface Existing {
    Kind value();

    /** What is expected at the path. */
    enum Kind {
      FILE,
      DIRECTORY,
      MODEL_DIRECTORY
    }
  }

  /** The sections under {@code tributary}, with the record that each is read into. */
  public static Map<String, Type> sections() {
    Map<String, Type> sections = runSections();
    sections.put("pretrain", PretrainConfig.class);
    sections.put("experiment", ExperimentConfig.class);
    return sections;
  }

  /** The key of the section that is read into a record. */
  public static String sectionOf(Class<?> type) {
    return sections().entrySet().stream()
        .filter(section -> section.getValue() == type)
        .map(Map.Entry::getKey)
        .findAny()
        .orElseThrow(() -> new IllegalArgumentException(type + " is no section"));
  }

  /** Those of them that a run reads, which may also be given in a section of settings. */
  static Map<String, Type> runSections() {
    return keys(TributaryConfig.class);
  }

  /** Whether it is a section of settings, which may have any key of a run. */
  static boolean isSettings(Type type) {
    return content(type) == ConfigObject.class;
  }

  /**
   * The keys of a record in the order of its components, with their types. A component of a sealed
   * type has no key of its own: {@code type} and the keys of its implementation are siblings of the
   * others.
   */
  public static Map<String, Type> keys(Class<?> recordType) {
    Map<String, Type> keys = new LinkedHashMap<>();
    for (RecordComponent component : recordType.getRecordComponents()) {
      if (isEmbedded(component)) {
        keys.put(TYPE, component.getType());
      } else {
        keys.put(key(component), component.getGenericType());
      }
    }
    return keys;
  }

  /** Whether the component's keys are siblings of those of the record that it belongs to. */
  static boolean isEmbedded(RecordComponent component) {
    return component.getType().isSealed();
  }

  static String key(RecordComponent component) {
    Key key = component.getAnnotation(Key.class);
    return key != null
        ? key.value()
        : component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  /** The implementations of a sealed interface by their {@code type}. */
  public static Map<String, Class<?>> implementations(Class<?> sealed) {
    Map<String, Class<?>> byType = new LinkedHashMap<>();
    for (Class<?> implementation : sealed.getPermittedSubclasses()) {
      byType.put(typeName(implementation), implementation);
    }
    return byType;
  }

  public static String typeName(Class<?> implementation) {
    Key key = implementation.getAnnotation(Key.class);
    return key != null ? key.value() : implementation.getSimpleName().toLowerCase(Locale.ROOT);
  }

  /** What a list or an optional value holds; any other type itself. */
  public static Type content(Type type) {
    return type instanceof ParameterizedType generic ? generic.getActualTypeArguments()[0] : type;
  }

  static boolean isList(Type type) {
    return type instanceof ParameterizedType generic && generic.getRawType() == List.class;
  }

  static boolean isOptional(Type type) {
    return type instanceof ParameterizedType generic && generic.getRawType() == Optional.class;
  }

  /** Choices for a message: {@code a, b, c}. */
  public static String list(List<?> choices) {
    return choices.stream().map(Object::toString).collect(Collectors.joining(", "));
  }

  public static List<String> constants(Class<?> enumType) {
    return Arrays.stream(enumType.getEnumConstants()).map(Object::toString).toList();
  }
}
