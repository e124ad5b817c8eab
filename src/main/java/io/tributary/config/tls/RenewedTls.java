package io.tributary.config.tls;

import io.tributary.config.ClusterConfig;
import io.tributary.config.binding.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The identity of a node, for new connections: files that have changed are read again, so that
 * certificates can be renewed while a run goes on. Thread-safe.
 */
public final class RenewedTls implements Supplier<MutualTls> {
  private static final Logger LOG = LoggerFactory.getLogger(RenewedTls.class);
  private static final String SECTION = "cluster.tls";

  private final ClusterConfig.Tls files;
  private final String host;
  private MutualTls tls;
  private List<FileTime> times;

  /**
   * Reads the files.
   *
   * @param host name by which other nodes reach this one
   * @throws ConfigException if other nodes could not accept this one with them
   */
  public RenewedTls(ClusterConfig.Tls files, String host) {
    this.files = files;
    this.host = host;
    this.times = times();
    this.tls = read();
  }

  /** What the files say or, while they can't be used, what they said before. */
  @Override
  public synchronized MutualTls get() {
    List<FileTime> now = times();
    if (!now.equals(times)) {
      times = now;
      try {
        tls = read();
        LOG.info("the changed certificate of this node is in use");
      } catch (ConfigException e) {
        LOG.warn("the certificate before stays in use: {}", e.getMessage());
      }
    }
    return tls;
  }

  private MutualTls read() {
    MutualTls read = MutualTls.read(SECTION, files);
    read.requireAccepted(SECTION, files, host);
    return read;
  }

  /** A file that is just being replaced has the time 0. */
  private List<FileTime> times() {
    List<FileTime> read = new ArrayList<>();
    for (Path file : List.of(files.certificateFile(), files.keyFile(), files.caFile())) {
      try {
        read.add(Files.getLastModifiedTime(file));
      } catch (IOException e) {
        read.add(FileTime.fromMillis(0));
      }
    }
    return read;
  }
}
