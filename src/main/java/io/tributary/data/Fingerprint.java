package io.tributary.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Fingerprint of weights: SHA-256 over names, shapes and values of all tensors in their order. */
public final class Fingerprint {
  private Fingerprint() {}

  /** The fingerprint as 64 hexadecimal digits. */
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

  /** A new computation of SHA-256. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
