/** The directory of a run and its files. */
@NullMarked
package io.tributary.run.files;

import org.jspecify.annotations.NullMarked;
