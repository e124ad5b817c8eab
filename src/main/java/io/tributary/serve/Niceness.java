package io.tributary.serve;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a thread behind all others: it gets a processor where one is free, and a few percent of one
 * where none is. Java's own priorities have no effect on Linux, where a thread has a nice value as
 * a process has; see nice(2). Nothing is done elsewhere.
 */
final class Niceness {

  private static final Logger log = LoggerFactory.getLogger(Niceness.class);

  /** How much nicer than the others: at 15 a weight of 36 against 1,024; see sched(7). */
  private static final int INCREMENT = 15;

  private Niceness() {}

  /** The C library, as far as it is used. */
  private interface LibC extends Library {
    int nice(int increment);
  }

  /** Puts the calling thread behind all others. */
  static void last() {
    if (!Platform.isLinux()) {
      return;
    }
    try {
      Native.load("c", LibC.class).nice(INCREMENT);
    } catch (UnsatisfiedLinkError e) {
      log.warn("the HTTP server's thread keeps its priority", e);
    }
  }
}
