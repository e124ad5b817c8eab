/** Throughput of each stage alone and of the whole stream, beside what the machine could do. */
@NullMarked
package io.tributary.tools.bench;

import org.jspecify.annotations.NullMarked;
