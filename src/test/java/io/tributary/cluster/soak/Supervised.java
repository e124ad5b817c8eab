package io.tributary.cluster.soak;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A process that is started again whenever it ends, as a supervisor would do it. Each end is
 * written to the journal, with what was last done to the process. Thread-safe.
 */
final class Supervised implements AutoCloseable {
  private static final long PAUSE_MILLIS = 1000;

  /** Makes the process of one start. */
  @FunctionalInterface
  interface Start {
    ProcessBuilder process(int start) throws IOException;
  }

  private final String name;
  private final Path folder;
  private final Journal journal;
  private final boolean again;
  private final Start start;
  private final Thread thread;
  private @Nullable Process process;
  private String deed = "nothing";
  private int starts;
  private boolean held;
  private boolean ends;

  /**
   * @param folder for what its processes print, {@code NAME-START.out}
   * @param again whether it is started again
   */
  Supervised(String name, Path folder, Journal journal, boolean again, Start start) {
    this.name = name;
    this.folder = folder;
    this.journal = journal;
    this.again = again;
    this.start = start;
    this.thread = new Thread(this::supervise, "supervisor of " + name);
    thread.setDaemon(true);
    thread.start();
  }

  private void supervise() {
    try {
      while (true) {
        Process started = start();
        if (started == null) {
          return;
        }
        int code = started.waitFor();
        ended(started, code);
        if (!again) {
          return;
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      journal.write("broken", "name", name, "reason", e.toString());
    }
  }

  private synchronized @Nullable Process start() throws IOException, InterruptedException {
    while (held && !ends) {
      wait();
    }
    if (ends) {
      return null;
    }
    int number = ++starts;
    deed = "nothing";
    Process started =
        start
            .process(number)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("%s-%d.out".formatted(name, number)).toFile())
            .start();
    process = started;
    journal.write("start", "name", name, "number", number, "pid", started.pid());
    return started;
  }

  private synchronized void ended(Process old, int code) {
    journal.write("exit", "name", name, "code", code, "deed", deed);
    if (old.equals(process)) {
      process = null;
    }
    notifyAll();
  }

  /** Sends a signal, if it runs. */
  synchronized void signal(String signal, String cause) throws IOException, InterruptedException {
    if (process != null) {
      deed = cause;
      new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    }
  }

  /** Kills it, and does not start it again before {@link #release}. */
  synchronized void killAndHold(String cause) throws IOException, InterruptedException {
    held = true;
    end("KILL", cause);
  }

  /** Sends a signal that ends it, and waits for that. */
  synchronized void end(String signal, String cause) throws IOException, InterruptedException {
    Process ending = process;
    signal(signal, cause);
    while (ending != null && ending.equals(process)) {
      wait();
    }
  }

  synchronized void release() {
    held = false;
    notifyAll();
  }

  /** The process; null while there is none. */
  synchronized @Nullable Process process() {
    return process;
  }

  /** How often it was started. */
  synchronized int starts() {
    return starts;
  }

  /** Starts it no more when it ends. */
  synchronized void letEnd() {
    ends = true;
    notifyAll();
  }

  /** Waits for its end, for so long; whether it has ended. */
  boolean awaitEnd(long seconds) throws InterruptedException {
    thread.join(TimeUnit.SECONDS.toMillis(seconds));
    return !thread.isAlive();
  }

  /** Kills it, and waits for its end. */
  @Override
  public void close() {
    letEnd();
    Process last = process();
    if (last != null) {
      last.destroyForcibly();
    }
    try {
      awaitEnd(10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
