/** The life of a run: its guardian, from the start to the end. */
@NullMarked
package io.tributary.run.life;

import org.jspecify.annotations.NullMarked;
