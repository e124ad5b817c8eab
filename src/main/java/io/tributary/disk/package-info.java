/** What is common to everything that writes files which have to last. */
@NullMarked
package io.tributary.disk;

import org.jspecify.annotations.NullMarked;
