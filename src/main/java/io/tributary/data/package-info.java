/**
 * The values that flow: draws, sequences, scored sequences, weights. Primitive arrays only, nothing
 * of ours imported.
 */
@NullMarked
package io.tributary.data;

import org.jspecify.annotations.NullMarked;
