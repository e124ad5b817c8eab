package io.tributary.serve;

import org.jspecify.annotations.Nullable;

/** The configured HTTP address can't be had; the message says why and what to change. */
public final class HttpBindException extends RuntimeException {

  HttpBindException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  static HttpBindException of(String host, int port, @Nullable Throwable failure) {
    return new HttpBindException(
        "http.port: %d on %s can't be bound, another program may be using it; choose another one, or 0 for any free port"
            .formatted(port, host),
        failure);
  }
}
