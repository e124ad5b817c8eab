/**
 * The configuration: typed records, one per section, read once from HOCON; {@code reference.conf}
 * documents every key. Nothing else touches {@code com.typesafe.config}.
 */
@NullMarked
package io.tributary.config;

import org.jspecify.annotations.NullMarked;
