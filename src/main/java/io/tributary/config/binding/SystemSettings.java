package io.tributary.config.binding;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.util.Map;

/** The settings of actor systems. They come from {@code application.conf}, not from operators. */
public final class SystemSettings {
  private SystemSettings() {}

  /**
   * The settings of one system: a section of {@code application.conf} over those of all systems.
   *
   * @param section names the section
   */
  public static Config of(String section) {
    return of(section, Map.of());
  }

  /**
   * As {@link #of(String)}, with some values that are known only to the program.
   *
   * @param values by path; they override the section
   */
  public static Config of(String section, Map<String, ?> values) {
    Config all = ConfigFactory.load();
    Config settings = all.getConfig(section).withFallback(all);
    for (Map.Entry<String, ?> value : values.entrySet()) {
      settings =
          settings.withValue(value.getKey(), ConfigValueFactory.fromAnyRef(value.getValue()));
    }
    return settings;
  }
}
