/**
 * What a run measures and how it is exposed. The only user of the Prometheus client.
 *
 * <p>To add a metric, add a constant to {@link io.tributary.metrics.Metric}: the series, the files,
 * the documentation's table and the tests follow from it. A quantity of a learner step or an
 * evaluation is then put into {@link io.tributary.metrics.Measurements} where it is computed, and
 * appears in {@code metrics.jsonl} and as a gauge. Anything else is counted or set where it
 * happens, on {@link io.tributary.metrics.RunMetrics}; what workers do is reported by {@link
 * io.tributary.metrics.StageMetrics}.
 *
 * <p>How workers spend their time is measured by their {@link io.tributary.metrics.WorkClock} and
 * travels with their results as {@link io.tributary.metrics.WorkTime}, so that a worker counts
 * alike on any machine.
 */
@NullMarked
package io.tributary.metrics;

import org.jspecify.annotations.NullMarked;
