/** The evaluator draws from its own copy of the policy and measures it. */
@NullMarked
package io.tributary.stage.evaluate;

import org.jspecify.annotations.NullMarked;
