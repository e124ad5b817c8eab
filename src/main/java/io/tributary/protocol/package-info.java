/** Messages that two stages share. */
@NullMarked
package io.tributary.protocol;

import org.jspecify.annotations.NullMarked;
