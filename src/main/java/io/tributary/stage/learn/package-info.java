/** Stage 3: the learner takes gradient steps and writes checkpoints. */
@NullMarked
package io.tributary.stage.learn;

import org.jspecify.annotations.NullMarked;
