/** Features of the decoded text. */
@NullMarked
package io.tributary.target.feature;

import org.jspecify.annotations.NullMarked;
