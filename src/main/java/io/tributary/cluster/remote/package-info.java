/**
 * The trainer's side of workers on other machines: to its pools they look like those of its own.
 */
@NullMarked
package io.tributary.cluster.remote;

import org.jspecify.annotations.NullMarked;
