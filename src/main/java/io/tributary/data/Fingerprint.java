package io.tributary.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Fingerprints of weights and of files: SHA-256 as 64 hexadecimal digits. */
public final class Fingerprint {
  private Fingerprint() {}

  /** The fingerprint of weights: names, shapes and values of all tensors in their order. */
  public static String of(List<TensorBytes> tensors) {
    MessageDigest digest = sha256();
    for (TensorBytes tensor : tensors) {
      digest.update(tensor.name().getBytes(StandardCharsets.UTF_8));
      ByteBuffer shape = ByteBuffer.allocate(Long.BYTES * (tensor.shape().length + 1));
      shape.putLong(tensor.shape().length);
      for (long dimension : tensor.shape()) {
        shape.putLong(dimension);
      }
      digest.update(shape.array());
      digest.update(tensor.bytes());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * The fingerprint of a directory: names and bytes of the files in it, in the order of their
   * names.
   *
   * @throws BadInputException if one can't be read
   */
  public static String of(Path directory) {
    MessageDigest digest = sha256();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        byte[] bytes = Files.readAllBytes(file);
        digest.update(String.valueOf(file.getFileName()).getBytes(StandardCharsets.UTF_8));
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(bytes.length).array());
        digest.update(bytes);
      }
    } catch (IOException e) {
      throw new BadInputException("%s can't be read: %s".formatted(directory, e), e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** A new computation of SHA-256. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
