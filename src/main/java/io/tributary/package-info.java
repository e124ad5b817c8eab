/**
 * Tributary: a streaming, actor-based trainer for language models with distributional policy
 * gradients.
 */
@NullMarked
package io.tributary;

import org.jspecify.annotations.NullMarked;
