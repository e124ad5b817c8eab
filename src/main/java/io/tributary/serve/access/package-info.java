/** Access control of the HTTP server: tokens, certificates, host names. */
@NullMarked
package io.tributary.serve.access;

import org.jspecify.annotations.NullMarked;
