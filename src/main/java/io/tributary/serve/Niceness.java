package io.tributary.serve;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a thread behind all others: it gets a processor where one is free, and a few percent of one
 * where none is. Java's own priorities have no effect on Linux, where a thread has a nice value as
 * a process has; see setpriority(2). Nothing is done elsewhere.
 */
final class Niceness {

  private static final Logger log = LoggerFactory.getLogger(Niceness.class);

  /** A weight of 36 against the usual 1,024; see sched(7). */
  private static final int NICE = 15;

  private static final int PRIO_PROCESS = 0;
  private static final int THIS_THREAD = 0;

  private Niceness() {}

  /** The C library, as far as it is used. */
  private interface LibC extends Library {
    int setpriority(int which, int who, int value);
  }

  /** Puts the calling thread behind all others. */
  static void last() {
    if (!Platform.isLinux()) {
      return;
    }
    try {
      LibC libC = Native.load("c", LibC.class);
      if (libC.setpriority(PRIO_PROCESS, THIS_THREAD, NICE) != 0) {
        log.warn("the HTTP server's thread keeps its priority: setpriority has failed");
      }
    } catch (UnsatisfiedLinkError e) {
      log.warn("the HTTP server's thread keeps its priority", e);
    }
  }
}
