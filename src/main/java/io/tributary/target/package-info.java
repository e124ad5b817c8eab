/**
 * What is asked of the model: features of the decoded text, and the target P(x) that they make of
 * the base model.
 */
@NullMarked
package io.tributary.target;

import org.jspecify.annotations.NullMarked;
