/**
 * The stream graph that joins samplers, scorers and the learner: admission, pools, order, batches.
 */
@NullMarked
package io.tributary.stream;

import org.jspecify.annotations.NullMarked;
