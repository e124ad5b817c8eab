/** Fitting of the target's lambdas on sequences drawn from the base model, before a run begins. */
@NullMarked
package io.tributary.stage.fit;

import org.jspecify.annotations.NullMarked;
