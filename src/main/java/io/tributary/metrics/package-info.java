/**
 * Every metric's name, type, unit and labels in one place ({@link io.tributary.metrics.Metric}),
 * and what the stages report through. The only user of the Prometheus client.
 */
@NullMarked
package io.tributary.metrics;

import org.jspecify.annotations.NullMarked;
