/** Options that several verbs share, and what they load. */
@NullMarked
package io.tributary.cli.options;

import org.jspecify.annotations.NullMarked;
