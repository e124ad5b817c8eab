package io.tributary.target.feature;

import io.tributary.config.binding.ConfigException;
import io.tributary.config.target.ConstraintConfig;
import io.tributary.config.target.FeatureConfig;
import io.tributary.data.BadInputException;
import io.tributary.model.classifier.TextClassifier;
import java.util.List;

/** Creates features from their configuration. */
public final class Features {
  private Features() {}

  /**
   * The feature of a constraint of the target.
   *
   * @param index its place in {@code target.features}, for messages
   * @throws ConfigException as below, naming the configuration key
   * @throws BadInputException as below, naming the configuration key
   */
  public static Feature of(int index, ConstraintConfig constraint) {
    String key = "target.features[%d]: ".formatted(index);
    try {
      return of(constraint.name(), constraint.feature());
    } catch (ConfigException e) {
      throw new ConfigException(key + e.getMessage(), e);
    } catch (BadInputException e) {
      throw new BadInputException(key + e.getMessage(), e);
    }
  }

  /**
   * The feature that the configuration describes.
   *
   * @throws ConfigException if a word list can't be read or has an invalid entry
   * @throws BadInputException if a classifier can't be used; the native engine must be loaded for
   *     one
   */
  public static Feature of(String name, FeatureConfig config) {
    if (config instanceof FeatureConfig.Word word) {
      return WordListFeature.of(name, List.of(word.word()), word.caseSensitive());
    } else if (config instanceof FeatureConfig.WordList list) {
      return wordList(name, list);
    } else if (config instanceof FeatureConfig.Pronouns pronouns) {
      return new PronounsFeature(name, pronouns.pronouns());
    } else if (config instanceof FeatureConfig.Classifier classifier) {
      return new ClassifierFeature(
          name, TextClassifier.load(classifier.directory()), classifier.labels());
    } else if (config instanceof FeatureConfig.Regex regex) {
      return new RegexFeature(name, regex.pattern(), regex.caseSensitive());
    } else if (config instanceof FeatureConfig.Length) {
      return new LengthFeature(name);
    } else if (config instanceof FeatureConfig.AllOf all) {
      return new AllOfFeature(name, parts(name, all.parts()));
    } else if (config instanceof FeatureConfig.AnyOf any) {
      return new AnyOfFeature(name, parts(name, any.parts()));
    } else if (config instanceof FeatureConfig.Not not) {
      return new NotFeature(name, of(name, not.feature().feature()));
    }
    throw new IllegalArgumentException("no feature is made of " + config);
  }

  private static List<Feature> parts(String name, List<FeatureConfig> configs) {
    return configs.stream().map(config -> of(name, config)).toList();
  }

  private static Feature wordList(String name, FeatureConfig.WordList list) {
    List<String> entries = list.entries();
    try {
      return WordListFeature.of(name, entries, list.caseSensitive());
    } catch (ConfigException e) {
      throw list.file().map(file -> new ConfigException(file + ": " + e.getMessage(), e)).orElse(e);
    }
  }
}
