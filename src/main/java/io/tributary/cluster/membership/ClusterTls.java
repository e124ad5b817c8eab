package io.tributary.cluster.membership;

import io.tributary.config.tls.RenewedTls;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.apache.pekko.remote.artery.tcp.SSLEngineProvider;
import scala.Option;

/**
 * TLS of the connections between nodes.
 *
 * @param guard bounds what others' connections can take
 */
record ClusterTls(RenewedTls identity, InboundGuard guard) implements SSLEngineProvider {

  @Override
  public SSLEngine createServerSSLEngine(String host, int port) {
    return guard.guard(identity.get().server());
  }

  @Override
  public SSLEngine createClientSSLEngine(String host, int port) {
    return identity.get().client(host, port);
  }

  /** The engine has verified everything. */
  @Override
  public Option<Throwable> verifyClientSession(String host, SSLSession session) {
    return Option.empty();
  }

  /** The engine has verified everything. */
  @Override
  public Option<Throwable> verifyServerSession(String host, SSLSession session) {
    return Option.empty();
  }
}
