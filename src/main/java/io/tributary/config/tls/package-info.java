/** The certificates, keys and other secrets that a configuration names the files of. */
@NullMarked
package io.tributary.config.tls;

import org.jspecify.annotations.NullMarked;
