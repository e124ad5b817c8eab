/**
 * The target P(x) of training: the base model times one factor for each feature of the decoded
 * text.
 */
@NullMarked
package io.tributary.target;

import org.jspecify.annotations.NullMarked;
