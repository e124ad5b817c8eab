/** Settings of objectives. */
@NullMarked
package io.tributary.config.objective;

import org.jspecify.annotations.NullMarked;
