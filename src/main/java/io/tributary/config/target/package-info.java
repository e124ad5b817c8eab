/** Settings of targets and their features. */
@NullMarked
package io.tributary.config.target;

import org.jspecify.annotations.NullMarked;
