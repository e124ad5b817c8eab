/** Stage 2: scorers compute features, log a(x) and log P(x). */
@NullMarked
package io.tributary.stage.score;

import org.jspecify.annotations.NullMarked;
