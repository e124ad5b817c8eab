/** Files that survive crashes, JSON, locks, and what a command prints for its user. */
@NullMarked
package io.tributary.io;

import org.jspecify.annotations.NullMarked;
