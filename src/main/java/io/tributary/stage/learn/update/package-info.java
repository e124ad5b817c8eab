/** The policy update: gradients of a batch and the step they lead to. */
@NullMarked
package io.tributary.stage.learn.update;

import org.jspecify.annotations.NullMarked;
