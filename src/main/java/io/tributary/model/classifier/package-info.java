/** Text classifiers: heads on a model's hidden states, and TorchScript modules. */
@NullMarked
package io.tributary.model.classifier;

import org.jspecify.annotations.NullMarked;
