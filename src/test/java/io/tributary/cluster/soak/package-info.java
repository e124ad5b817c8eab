/**
 * A cluster that is treated badly: a seeded schedule of faults, the processes and links that get
 * them, and a check of what was written meanwhile.
 */
package io.tributary.cluster.soak;
