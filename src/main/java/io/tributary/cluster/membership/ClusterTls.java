package io.tributary.cluster.membership;

import io.tributary.config.ClusterConfig;
import io.tributary.config.binding.ConfigException;
import io.tributary.config.tls.MutualTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.apache.pekko.remote.artery.tcp.SSLEngineProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;

/**
 * TLS of the connections between nodes. Files that have changed are read again for new connections,
 * so that certificates can be renewed while a run goes on.
 */
final class ClusterTls implements SSLEngineProvider {
  private static final Logger log = LoggerFactory.getLogger(ClusterTls.class);
  private static final String SECTION = "cluster.tls";

  private final ClusterConfig.Node node;
  private MutualTls tls;
  private List<FileTime> times;

  /**
   * Reads the files.
   *
   * @throws ConfigException if other nodes could not accept this one with them
   */
  ClusterTls(ClusterConfig.Node node) {
    this.node = node;
    this.times = times();
    this.tls = read();
  }

  @Override
  public SSLEngine createServerSSLEngine(String host, int port) {
    return current().server();
  }

  @Override
  public SSLEngine createClientSSLEngine(String host, int port) {
    return current().client(host, port);
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

  private synchronized MutualTls current() {
    List<FileTime> now = times();
    if (!now.equals(times)) {
      times = now;
      try {
        tls = read();
        log.info("the changed certificate of this node is in use");
      } catch (ConfigException e) {
        log.warn("the certificate before stays in use: {}", e.getMessage());
      }
    }
    return tls;
  }

  private MutualTls read() {
    MutualTls read = MutualTls.read(SECTION, node.tls());
    read.requireAccepted(SECTION, node.tls(), node.advertisedHost());
    return read;
  }

  /** A file that is just being replaced has the time 0. */
  private List<FileTime> times() {
    List<FileTime> read = new ArrayList<>();
    for (Path file :
        List.of(node.tls().certificateFile(), node.tls().keyFile(), node.tls().caFile())) {
      try {
        read.add(Files.getLastModifiedTime(file));
      } catch (IOException e) {
        read.add(FileTime.fromMillis(0));
      }
    }
    return read;
  }
}
