/** Options that several verbs share. */
@NullMarked
package io.tributary.cli.options;

import org.jspecify.annotations.NullMarked;
