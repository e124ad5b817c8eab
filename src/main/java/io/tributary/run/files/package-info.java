/**
 * The files of a run: its directory with the lock, the configuration in force, the texts of both
 * models, and the logs of the process and of its operators; what the learner writes in it is {@link
 * io.tributary.stage.learn.LearnerFiles}.
 */
@NullMarked
package io.tributary.run.files;

import org.jspecify.annotations.NullMarked;
