/** Trains text classifiers. */
@NullMarked
package io.tributary.tools.classifiertraining;

import org.jspecify.annotations.NullMarked;
