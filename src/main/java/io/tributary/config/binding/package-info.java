/**
 * From HOCON to records and back. {@link io.tributary.config.binding.Schema} says which keys a
 * record has; errors name the file, the line, the key and what was expected.
 */
@NullMarked
package io.tributary.config.binding;

import org.jspecify.annotations.NullMarked;
