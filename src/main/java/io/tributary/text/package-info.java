/** Text: files of it, and its words. */
@NullMarked
package io.tributary.text;

import org.jspecify.annotations.NullMarked;
