/** The terminal: log and error messages, signals, standard output. */
@NullMarked
package io.tributary.cli.console;

import org.jspecify.annotations.NullMarked;
