/** Stage 4: the publisher sends a new proposal to the samplers. */
@NullMarked
package io.tributary.stage.publish;

import org.jspecify.annotations.NullMarked;
