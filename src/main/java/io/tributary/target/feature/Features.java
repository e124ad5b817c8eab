package io.tributary.target.feature;

import io.tributary.config.binding.ConfigException;
import io.tributary.config.target.ConstraintConfig;
import io.tributary.config.target.FeatureConfig;
import io.tributary.config.target.FeatureConfig.Majority;
import io.tributary.data.BadInputException;
import io.tributary.data.WordTokens;
import io.tributary.model.classifier.TextClassifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.regex.Pattern;

/** Creates features from their configuration; the simplest ones are defined here. */
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
      return new WordListFeature(name, List.of(word.word()), word.caseSensitive());
    } else if (config instanceof FeatureConfig.WordList list) {
      return wordList(name, list);
    } else if (config instanceof FeatureConfig.Pronouns pronouns) {
      return new Pronouns(name, pronouns.pronouns());
    } else if (config instanceof FeatureConfig.Classifier classifier) {
      TextClassifier loaded = TextClassifier.load(classifier.directory());
      return new ClassifierFeature(name, loaded, loaded.indices(classifier.labels()));
    } else if (config instanceof FeatureConfig.Regex regex) {
      int flags = regex.caseSensitive() ? 0 : Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
      return new RegexFeature(name, Pattern.compile(regex.pattern(), flags));
    } else if (config instanceof FeatureConfig.Length) {
      return new Length(name);
    } else if (config instanceof FeatureConfig.AllOf all) {
      return new Joined(name, parts(name, all.parts()), Math::min, 0);
    } else if (config instanceof FeatureConfig.AnyOf any) {
      return new Joined(name, parts(name, any.parts()), Math::max, 1);
    } else if (config instanceof FeatureConfig.Not not) {
      return new Not(name, of(name, not.feature().feature()));
    }
    throw new IllegalArgumentException("no feature is made of " + config);
  }

  private static List<Feature> parts(String name, List<FeatureConfig> configs) {
    return configs.stream().map(config -> of(name, config)).toList();
  }

  private static Feature wordList(String name, FeatureConfig.WordList list) {
    List<String> entries = list.entries();
    try {
      return new WordListFeature(name, entries, list.caseSensitive());
    } catch (ConfigException e) {
      throw list.file().map(file -> new ConfigException(file + ": " + e.getMessage(), e)).orElse(e);
    }
  }

  /** Number of tokens of the sequence, EOS included. */
  private record Length(String name) implements Feature {
    @Override
    public double value(Text text) {
      return text.tokens();
    }
  }

  /**
   * 1 iff the pronouns of a text are mostly female, mostly male, or balanced (as biographies are
   * counted in section 4.2 (e), Korbak et al. 2022, arXiv:2206.00761).
   *
   * <p>{@code she's} counts as {@code she}; case is ignored.
   */
  private record Pronouns(String name, Majority majority) implements Feature {
    private static final Set<String> FEMALE = Set.of("she", "her", "hers", "herself");
    private static final Set<String> MALE = Set.of("he", "him", "his", "himself");

    @Override
    public double value(Text text) {
      int female = 0;
      int male = 0;
      for (String token : text.words()) {
        String word = WordTokens.withoutClitic(WordTokens.fold(token));
        female += FEMALE.contains(word) ? 1 : 0;
        male += MALE.contains(word) ? 1 : 0;
      }
      boolean holds =
          switch (majority) {
            case FEMALE -> female > male;
            case MALE -> male > female;
            case BALANCED -> female == male && female > 0;
          };
      return holds ? 1 : 0;
    }
  }

  /** 1 iff a binary feature is 0. */
  private record Not(String name, Feature part) implements Feature {
    @Override
    public double value(Text text) {
      return values(List.of(text))[0];
    }

    @Override
    public double[] values(List<Text> texts) {
      return Arrays.stream(part.values(texts)).map(value -> 1 - value).toArray();
    }

    @Override
    public boolean isDecided(Text beginning) {
      return part.isDecided(beginning);
    }

    @Override
    public void close() {
      part.close();
    }
  }

  /**
   * Several binary features in one.
   *
   * @param parts at least one
   * @param join the minimum if all of them must be 1, the maximum if one is enough
   * @param deciding the value of a part that decides the whole
   */
  private record Joined(
      String name, List<Feature> parts, DoubleBinaryOperator join, double deciding)
      implements Feature {
    @Override
    public double value(Text text) {
      return values(List.of(text))[0];
    }

    @Override
    public double[] values(List<Text> texts) {
      double[] joined = parts.get(0).values(texts);
      for (Feature part : parts.subList(1, parts.size())) {
        double[] values = part.values(texts);
        Arrays.setAll(joined, j -> join.applyAsDouble(joined[j], values[j]));
      }
      return joined;
    }

    /** All lists of the parts if all must be 1; one with the phrases of any if one is enough. */
    @Override
    public List<List<String>> phrases() {
      if (deciding == 0) {
        return parts.stream().flatMap(part -> part.phrases().stream()).toList();
      }
      List<String> any =
          parts.stream()
              .map(Feature::phrases)
              .filter(lists -> lists.size() == 1)
              .flatMap(lists -> lists.get(0).stream())
              .toList();
      return any.isEmpty() ? List.of() : List.of(any);
    }

    @Override
    public boolean isDecided(Text beginning) {
      boolean all = true;
      for (Feature part : parts) {
        boolean decided = part.isDecided(beginning);
        if (decided && part.value(beginning) == deciding) {
          return true;
        }
        all &= decided;
      }
      return all;
    }

    @Override
    public void close() {
      parts.forEach(Feature::close);
    }
  }
}
