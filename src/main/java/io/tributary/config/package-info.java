/**
 * The configuration: a record for each section, read once from HOCON. Nothing else uses {@code
 * com.typesafe.config}.
 *
 * <p>A new key is a component of its section's record, with its range in the compact constructor,
 * and a line in {@code reference.conf} with its default and documentation; nothing else has to
 * change. The key is the component's name in kebab case. A new section is a record and a component
 * of {@link io.tributary.config.TributaryConfig}. A key that may be changed during a run is also
 * listed in {@link io.tributary.config.LiveKey}.
 */
@NullMarked
package io.tributary.config;

import org.jspecify.annotations.NullMarked;
