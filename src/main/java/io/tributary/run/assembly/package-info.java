/** Makes what the actors of a run compute with from its configuration, and estimates its memory. */
@NullMarked
package io.tributary.run.assembly;

import org.jspecify.annotations.NullMarked;
