/** What a person sees who started a command: lines that stay, and one that is renewed in place. */
@NullMarked
package io.tributary.io;

import org.jspecify.annotations.NullMarked;
