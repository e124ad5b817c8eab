package io.tributary.config.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordLimitTest {
  private static Status unwrap(SSLEngine engine, String header, int bytes) throws Exception {
    engine.setUseClientMode(false);
    ByteBuffer received = ByteBuffer.allocate(bytes);
    received.put(0, HexFormat.of().parseHex(header));
    return engine.unwrap(received, ByteBuffer.allocate(1 << 15)).getStatus();
  }

  private static Status unwrapAgain(SSLEngine engine) throws Exception {
    ByteBuffer received = ByteBuffer.allocate(RecordLimit.LARGEST);
    return engine.unwrap(received, ByteBuffer.allocate(1 << 15)).getStatus();
  }

  private static SSLEngine engine() throws Exception {
    return SSLContext.getDefault().createSSLEngine();
  }

  /** The beginning of a handshake of 32,000 bytes, and a hello as in SSL 2 of 32,576 bytes. */
  @ParameterizedTest
  @ValueSource(strings = {"1603037d00", "ff40010303"})
  void aLargeRecordIsNotWaitedFor(String header) throws Exception {
    assertThat(unwrap(engine(), header, RecordLimit.LARGEST)).isEqualTo(Status.BUFFER_UNDERFLOW);
    SSLEngine limited = RecordLimit.on(engine());
    assertThatThrownBy(() -> unwrap(limited, header, RecordLimit.LARGEST))
        .isInstanceOf(SSLException.class)
        .hasMessage("a record of more than 18437 bytes");
    assertThat(limited.isInboundDone()).isTrue();
    assertThat(unwrapAgain(limited)).isEqualTo(Status.CLOSED);
  }

  @Test
  void theRestOfASmallerOneIsWaitedFor() throws Exception {
    SSLEngine limited = RecordLimit.on(engine());
    assertThat(unwrap(limited, "1603034800", RecordLimit.LARGEST - 1))
        .isEqualTo(Status.BUFFER_UNDERFLOW);
  }
}
