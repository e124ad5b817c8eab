/**
 * The side channel over which machines of a cluster fetch files: weights, base model, tokenizer,
 * word lists. The trainer serves files by the hash of their content; workers fetch them over
 * blocking HTTP or HTTPS on threads of their own, verify every chunk, and keep them in a cache.
 * Nothing here knows of actors.
 */
@NullMarked
package io.tributary.cluster.transfer;

import org.jspecify.annotations.NullMarked;
