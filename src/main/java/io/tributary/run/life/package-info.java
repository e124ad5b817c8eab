/**
 * The life of a run, from start to end: {@code TrainingService} starts it, {@code Guardian} is the
 * parent of its actors, supervisors replace what fails, {@code RunShutdown} ends it, and operators
 * reach it through {@code RunControl}.
 */
@NullMarked
package io.tributary.run.life;

import org.jspecify.annotations.NullMarked;
