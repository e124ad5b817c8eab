/**
 * Fixtures: what tests of more than one room use. Models and worlds that can be enumerated are in
 * {@code model} and {@code training}, streams without models in {@code stream}, whole runs in
 * {@code run}, dashboards and a real Prometheus in {@code monitoring}. A fixture that needs a
 * room's internals stands next to that room's tests.
 */
package io.tributary.testing;
