/** Estimates from weighted samples: Z, divergences, moments, and how reliable they are. */
@NullMarked
package io.tributary.objective.estimate;

import org.jspecify.annotations.NullMarked;
