package io.tributary.run.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.cluster.transfer.Manifest;
import io.tributary.data.Fingerprint;
import io.tributary.io.LastingFiles;
import io.tributary.io.PrivateFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Shows fetched files under the names that a run has for them: a folder of links for each set of
 * inputs. Workers on one machine may share it.
 */
final class InputLinks {
  private static final String NEW = ".link-";
  private static final Duration LEFT = Duration.ofDays(1);

  private final Path folder;

  private InputLinks(Path folder) {
    this.folder = folder;
  }

  /**
   * Opens the folder, or makes it, for its owner alone, tries whether there can be links in it, and
   * removes what was left there a day ago.
   *
   * @throws IOException if it can't be used
   */
  static InputLinks open(Path folder) throws IOException {
    InputLinks links = new InputLinks(PrivateFolder.open(folder));
    Files.delete(links.make(folder.resolve("nothing")));
    links.removeLeft();
    return links;
  }

  private Path make(Path target) throws IOException {
    return Files.createSymbolicLink(folder.resolve(NEW + UUID.randomUUID()), target);
  }

  private void removeLeft() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : entries.toList()) {
        try {
          removeIfLeft(entry);
        } catch (NoSuchFileException e) {
          // another worker has removed it, or what it has just tried
        } catch (UncheckedIOException e) {
          if (!(e.getCause() instanceof NoSuchFileException)) {
            throw e.getCause();
          }
        }
      }
    }
  }

  private static void removeIfLeft(Path entry) throws IOException {
    FileTime used = Files.getLastModifiedTime(entry, LinkOption.NOFOLLOW_LINKS);
    if (used.toInstant().isAfter(Instant.now().minus(LEFT))) {
      return;
    }
    if (Files.isSymbolicLink(entry)) {
      Files.delete(entry);
    } else if (!showsAnything(entry)) {
      LastingFiles.delete(entry);
    }
  }

  private static boolean showsAnything(Path entry) throws IOException {
    try (Stream<Path> shown = Files.walk(entry)) {
      return shown.anyMatch(Files::isRegularFile);
    }
  }

  /** The folder for these files: one name for the same files, so that none is made twice. */
  Path of(List<Manifest> files) {
    MessageDigest hash = Fingerprint.sha256();
    files.forEach(file -> hash.update((file.id() + file.name() + '\n').getBytes(UTF_8)));
    return folder.resolve(HexFormat.of().formatHex(hash.digest()));
  }

  /**
   * Shows a file in a folder {@link #of} this. Another worker may make, or read, the same link now.
   *
   * @param file near this folder, so that both can be moved, or mounted elsewhere, together
   */
  void show(Path in, Manifest manifest, Path file) throws IOException {
    Path link = in.resolve(manifest.name()).toAbsolutePath();
    Path parent = Objects.requireNonNull(link.getParent());
    Files.createDirectories(parent);
    Files.setLastModifiedTime(in, FileTime.from(Instant.now()));
    Path made = make(parent.relativize(file.toAbsolutePath()));
    try {
      Files.move(made, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(made);
    }
  }
}
