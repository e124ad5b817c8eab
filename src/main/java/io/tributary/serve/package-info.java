/**
 * The HTTP server of a run: console page, status, metrics, health, actions of operators, and the
 * access to them.
 *
 * <p>To add an action, add it to {@link io.tributary.protocol.ServiceControl.Action}; any other
 * path is added by the class of its subject that ends in {@code Endpoints}. Answers are records,
 * written by {@link io.tributary.io.Json}.
 */
@NullMarked
package io.tributary.serve;

import org.jspecify.annotations.NullMarked;
