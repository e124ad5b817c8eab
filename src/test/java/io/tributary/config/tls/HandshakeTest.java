package io.tributary.config.tls;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

class HandshakeTest {
  /** An engine that never answers. */
  private static final class Silent extends ForwardingEngine {
    Silent(SSLEngine engine) {
      super(engine);
    }

    @Override
    public SSLEngineResult unwrap(ByteBuffer source, ByteBuffer[] to, int offset, int length) {
      return new SSLEngineResult(Status.OK, HandshakeStatus.NEED_UNWRAP, 0, 0);
    }
  }

  private static SSLEngine engine(boolean client) throws Exception {
    SSLEngine engine = SSLContext.getDefault().createSSLEngine();
    engine.setUseClientMode(client);
    return engine;
  }

  @Test
  void anEndThatNeverAnswersIsNotWaitedForForEver() throws Exception {
    SSLEngine client = engine(true);
    SSLEngine server = new Silent(engine(false));
    assertThatThrownBy(() -> Handshake.between(client, server))
        .isInstanceOf(SSLException.class)
        .hasMessage("the handshake does not end");
  }
}
