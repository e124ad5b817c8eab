/** Checkpoints: format, storage, retention. */
@NullMarked
package io.tributary.stage.learn.checkpoint;

import org.jspecify.annotations.NullMarked;
