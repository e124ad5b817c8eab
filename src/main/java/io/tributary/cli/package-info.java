/**
 * The command line: one class per verb. A verb reads and validates its configuration once, then
 * starts what it is for.
 */
@NullMarked
package io.tributary.cli;

import org.jspecify.annotations.NullMarked;
