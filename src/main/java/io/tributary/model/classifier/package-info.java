/** Classifiers of text: a head on a model's hidden states and how it is trained, TorchScript. */
@NullMarked
package io.tributary.model.classifier;

import org.jspecify.annotations.NullMarked;
