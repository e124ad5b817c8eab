/**
 * The command line, one class per verb: {@link io.tributary.cli.Tributary} lists them, and {@link
 * io.tributary.cli.Verb} says how to add one. A verb reads its options, has another room do the
 * work, and prints the result.
 */
@NullMarked
package io.tributary.cli;

import org.jspecify.annotations.NullMarked;
