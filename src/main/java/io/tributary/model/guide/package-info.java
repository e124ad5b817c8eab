/** Guides: which tokens a proposal raises, so that rare texts are drawn more often. */
@NullMarked
package io.tributary.model.guide;

import org.jspecify.annotations.NullMarked;
