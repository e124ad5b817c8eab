/**
 * What trainer and workers say to each other, and how it is written (Kryo). A format that has been
 * released is never changed: a new one gets the next number.
 */
@NullMarked
package io.tributary.cluster.wire;

import org.jspecify.annotations.NullMarked;
