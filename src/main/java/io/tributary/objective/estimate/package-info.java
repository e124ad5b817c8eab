/** Estimates from weighted samples: Z, divergences, moments, and how far they can be trusted. */
@NullMarked
package io.tributary.objective.estimate;

import org.jspecify.annotations.NullMarked;
