package io.tributary.config.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/**
 * An engine that fails on a record larger than TLS permits. Java's own asks for more bytes until it
 * has up to 32 KiB of one, and Pekko's buffer for them is smaller: the thread that reads such a
 * connection would try again for ever, whoever has opened it.
 */
public final class RecordLimit extends ForwardingEngine {
  /** Bytes of the largest record with its header, RFC 5246, section 6.2.3. */
  static final int LARGEST = 5 + (1 << 14) + 2048;

  private RecordLimit(SSLEngine engine) {
    super(engine);
  }

  /** The same engine with the limit. */
  public static SSLEngine on(SSLEngine engine) {
    return new RecordLimit(engine);
  }

  @Override
  public SSLEngineResult unwrap(ByteBuffer source, ByteBuffer[] to, int offset, int length)
      throws SSLException {
    SSLEngineResult result = super.unwrap(source, to, offset, length);
    if (result.getStatus() == Status.BUFFER_UNDERFLOW && source.remaining() >= LARGEST) {
      throw refusal("a record of more than %d bytes".formatted(LARGEST));
    }
    return result;
  }
}
