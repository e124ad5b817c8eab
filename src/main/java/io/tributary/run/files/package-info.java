/**
 * The files of a run: its directory with the lock, the configuration in force, the texts of both
 * models, the log of the process and that of its operators, and what earlier processes have
 * written.
 *
 * <p>What the learner writes into the directory (checkpoints and {@code metrics}, {@code samples}
 * and {@code versions.jsonl}) is its own, {@link io.tributary.stage.learn.RunFiles}. This package
 * only says where it lies.
 */
@NullMarked
package io.tributary.run.files;

import org.jspecify.annotations.NullMarked;
