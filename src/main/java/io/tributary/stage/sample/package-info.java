/** Stage 1: samplers draw sequences from the proposal. */
@NullMarked
package io.tributary.stage.sample;

import org.jspecify.annotations.NullMarked;
