package io.tributary.cluster.membership;

import java.nio.ByteBuffer;

/**
 * Follows the frames of one of Artery's connections: five bytes at its beginning, and then before
 * each frame its length in four bytes, the lowest first. Artery itself would gather 2 GiB in memory
 * if a peer announced a frame of that size. Not thread-safe.
 */
final class FrameLengths {
  private static final int BEGINNING = 5;
  private static final int LENGTH_BYTES = 4;

  private final int most;
  private long skip = BEGINNING;
  private int length;
  private int lengthBytes;

  /**
   * @param most bytes of the largest frame
   */
  FrameLengths(int most) {
    this.most = most;
  }

  /**
   * Takes note of what has arrived.
   *
   * @param bytes all between position and limit, which stay as they are
   * @return whether no frame is too large; nothing more may follow one that is
   */
  boolean follow(ByteBuffer bytes) {
    int at = bytes.position();
    while (at < bytes.limit()) {
      if (skip > 0) {
        long step = Math.min(skip, bytes.limit() - at);
        skip -= step;
        at += (int) step;
      } else {
        length |= (bytes.get(at++) & 0xff) << (Byte.SIZE * lengthBytes++);
        if (lengthBytes == LENGTH_BYTES) {
          if (length < 0 || length > most) {
            return false;
          }
          skip = length;
          length = 0;
          lengthBytes = 0;
        }
      }
    }
    return true;
  }
}
