/** Features of texts, which targets are made of. */
@NullMarked
package io.tributary.target.feature;

import org.jspecify.annotations.NullMarked;
