/** Guardian, roles, dispatchers, files of a run, shutdown. */
@NullMarked
package io.tributary.boot;

import org.jspecify.annotations.NullMarked;
