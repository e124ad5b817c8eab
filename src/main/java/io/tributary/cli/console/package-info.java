/**
 * What a person at the terminal sees and types: log and error lines, signals, input files, standard
 * output.
 */
@NullMarked
package io.tributary.cli.console;

import org.jspecify.annotations.NullMarked;
