package io.tributary.cluster.transfer;

import io.tributary.data.Fingerprint;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Computes the hashes of a file's chunks from its bytes as they pass. */
final class ChunkHashes {
  private final int chunkSize;
  private final MessageDigest digest = Fingerprint.sha256();
  private final List<String> chunks = new ArrayList<>();
  private long size;
  private int inChunk;

  ChunkHashes(int chunkSize) {
    this.chunkSize = chunkSize;
  }

  /** Takes all bytes that remain in the buffer. */
  void update(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      ByteBuffer piece = bytes.slice();
      piece.limit(Math.min(bytes.remaining(), chunkSize - inChunk));
      bytes.position(bytes.position() + piece.limit());
      size += piece.limit();
      inChunk += piece.limit();
      digest.update(piece);
      if (inChunk == chunkSize) {
        endChunk();
      }
    }
  }

  /** Describes what was taken; nothing more may follow. */
  Manifest manifest(String name) {
    if (inChunk > 0) {
      endChunk();
    }
    return Manifest.of(name, size, chunkSize, chunks);
  }

  private void endChunk() {
    chunks.add(HexFormat.of().formatHex(digest.digest()));
    inChunk = 0;
  }
}
