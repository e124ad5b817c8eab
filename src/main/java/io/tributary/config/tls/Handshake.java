package io.tributary.config.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** A TLS handshake between two engines in memory. */
final class Handshake {
  private static final int MOST_TURNS = 100;

  private Handshake() {}

  /**
   * Carries it out.
   *
   * @throws SSLException if one end refuses the other
   */
  static void between(SSLEngine client, SSLEngine server) throws SSLException {
    ByteBuffer toServer = ByteBuffer.allocate(2 * client.getSession().getPacketBufferSize());
    ByteBuffer toClient = ByteBuffer.allocate(2 * server.getSession().getPacketBufferSize());
    client.beginHandshake();
    server.beginHandshake();
    for (int turn = 0; turn < MOST_TURNS; turn++) {
      step(client, toClient, toServer);
      step(server, toServer, toClient);
      if (ended(client) && ended(server)) {
        return;
      }
    }
    throw new SSLException("the handshake does not end");
  }

  private static boolean ended(SSLEngine engine) {
    return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
  }

  private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
    if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      engine.wrap(ByteBuffer.allocate(0), out);
    } else {
      in.flip();
      engine.unwrap(in, ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()));
      in.compact();
    }
  }
}
