/** Builds the parts of a run from its configuration. */
@NullMarked
package io.tributary.run.assembly;

import org.jspecify.annotations.NullMarked;
