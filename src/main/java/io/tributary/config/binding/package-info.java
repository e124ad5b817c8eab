/**
 * From HOCON to records and back: names, types and ranges of values, and errors that name their
 * place.
 */
@NullMarked
package io.tributary.config.binding;

import org.jspecify.annotations.NullMarked;
