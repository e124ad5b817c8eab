package io.tributary.model;

import io.tributary.data.BadInputException;
import io.tributary.io.JsonFile;
import java.util.List;
import java.util.ServiceLoader;

/**
 * A family of models with one architecture, such as GPT-2. A family is a folder of its own, and a
 * line with the name of its implementation of this interface in {@code
 * META-INF/services/io.tributary.model.ModelFamily}.
 */
public interface ModelFamily {
  /** The {@code model_type} of a {@code config.json} without one, and of fresh models. */
  String DEFAULT = "gpt2";

  /** The {@code model_type} of its {@code config.json}. */
  String modelType();

  /**
   * The configuration that a {@code config.json} describes.
   *
   * @throws BadInputException naming file and key if one is missing, wrong or not supported
   * @throws IllegalArgumentException if the sizes do not make a model
   */
  DecoderConfig config(JsonFile json);

  /**
   * The usual configuration of a fresh model of these sizes.
   *
   * @param endOfText the token that is BOS and EOS
   * @throws IllegalArgumentException if the sizes do not make a model
   */
  DecoderConfig config(
      int layers, int heads, int width, int positions, int vocabulary, int endOfText);

  /**
   * The family of a {@code model_type}.
   *
   * @throws IllegalArgumentException naming the known ones if it is not one of them
   */
  static ModelFamily of(String modelType) {
    List<ModelFamily> families =
        ServiceLoader.load(ModelFamily.class, ModelFamily.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList();
    return families.stream()
        .filter(family -> family.modelType().equals(modelType))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "model_type is \"%s\", expected one of %s"
                        .formatted(
                            modelType,
                            families.stream().map(ModelFamily::modelType).sorted().toList())));
  }
}
