/**
 * How a trainer and its workers form a cluster and stay one.
 *
 * <p>The trainer alone judges who is reachable, and removes who is not: workers' failure detectors
 * never suspect anyone, so a broken link between two workers changes nothing, and no strategy has
 * to choose between halves. A worker only watches the trainer, and ends when it has lost it.
 */
@NullMarked
package io.tributary.cluster.membership;

import org.jspecify.annotations.NullMarked;
