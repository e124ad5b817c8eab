/** Before stage 1: the fit of lambda, on sequences drawn from the base model. */
@NullMarked
package io.tributary.stage.fit;

import org.jspecify.annotations.NullMarked;
