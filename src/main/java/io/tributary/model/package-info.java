/** GPT-2: configuration, weights, forward pass, sampling, training; Hugging Face directories. */
@NullMarked
package io.tributary.model;

import org.jspecify.annotations.NullMarked;
