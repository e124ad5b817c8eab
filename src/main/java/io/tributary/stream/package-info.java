/**
 * The streams that join the stages: sampling and scoring for training ({@link
 * io.tributary.stream.TrainingStream}) and for the fit of lambda ({@link
 * io.tributary.stream.FitStream}); admission, order, batches.
 */
@NullMarked
package io.tributary.stream;

import org.jspecify.annotations.NullMarked;
