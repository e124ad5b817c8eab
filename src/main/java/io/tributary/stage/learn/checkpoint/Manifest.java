package io.tributary.stage.learn.checkpoint;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import io.tributary.data.Fingerprint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The list of a checkpoint's files. It is written last, so a directory that has one was complete.
 *
 * @param format version of the checkpoint's format
 * @param files size and SHA-256 of each file
 */
record Manifest(int format, Map<String, Entry> files) {
  static final String NAME = "manifest.json";
  static final int FORMAT = 2;

  private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

  record Entry(long bytes, String sha256) {}

  private record Version(int format) {}

  /** Makes the manifest of existing files. */
  static Manifest of(Path directory, List<String> names) throws IOException {
    Map<String, Entry> files = new TreeMap<>();
    for (String name : names) {
      Path file = directory.resolve(name);
      files.put(name, new Entry(Files.size(file), sha256(file)));
    }
    return new Manifest(FORMAT, files);
  }

  /**
   * Reads the manifest of a checkpoint and compares every file with it.
   *
   * @throws IOException naming the file that is damaged, and how
   */
  static Manifest verify(Path directory) throws IOException {
    Manifest manifest = read(directory);
    if (manifest.format() != FORMAT) {
      throw new IOException(
          "it has format %d, this version of the program reads format %d"
              .formatted(manifest.format(), FORMAT));
    }
    for (Map.Entry<String, Entry> expected : manifest.files().entrySet()) {
      Path file = directory.resolve(expected.getKey());
      if (!Files.isRegularFile(file)) {
        throw new IOException(expected.getKey() + " is missing");
      }
      if (Files.size(file) != expected.getValue().bytes()) {
        throw new IOException(
            "%s has %d bytes, its manifest says %d"
                .formatted(expected.getKey(), Files.size(file), expected.getValue().bytes()));
      }
      if (!sha256(file).equals(expected.getValue().sha256())) {
        throw new IOException(expected.getKey() + " does not have the SHA-256 of its manifest");
      }
    }
    return manifest;
  }

  /** Reads the manifest of a checkpoint without verifying the files. */
  static Manifest read(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new IOException("it does not exist");
    }
    Path file = directory.resolve(NAME);
    if (!Files.isRegularFile(file)) {
      throw new IOException("it has no " + NAME + ", so it was never completed");
    }
    try {
      Manifest manifest = GSON.fromJson(Files.readString(file), Manifest.class);
      if (manifest == null || manifest.files() == null || manifest.files().containsValue(null)) {
        throw new IOException(NAME + " is not complete");
      }
      return manifest;
    } catch (JsonParseException e) {
      throw new IOException(NAME + " is not readable: " + e.getMessage(), e);
    }
  }

  /** The format of a checkpoint, even if the rest of its manifest is unreadable; 0 if absent. */
  static int format(Path directory) {
    try {
      Version version = GSON.fromJson(Files.readString(directory.resolve(NAME)), Version.class);
      return version == null ? 0 : version.format();
    } catch (IOException | JsonParseException e) {
      return 0;
    }
  }

  String toJson() {
    return GSON.toJson(this) + "\n";
  }

  /** Size of all files together. */
  long bytes() {
    return files.values().stream().mapToLong(Entry::bytes).sum();
  }

  private static String sha256(Path file) throws IOException {
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), Fingerprint.sha256())) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(((DigestInputStream) in).getMessageDigest().digest());
    }
  }
}
