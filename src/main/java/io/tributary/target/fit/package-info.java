/** Fitting lambda: the maximum-entropy dual on samples of the base model. */
@NullMarked
package io.tributary.target.fit;

import org.jspecify.annotations.NullMarked;
