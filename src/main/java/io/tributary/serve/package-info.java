/** HTTP: metrics, health and status of a run, for the operator and for Prometheus. */
@NullMarked
package io.tributary.serve;

import org.jspecify.annotations.NullMarked;
