package io.tributary.testing.run;

import io.tributary.Main;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;
import java.util.ArrayList;
import java.util.List;

/** The program in a process in which something else fills nearly all of the Java heap. */
public final class FullHeap {
  private static final double SHARE = 0.9;
  private static final int BLOCK = 1 << 20;
  private static final List<byte[]> BALLAST = new ArrayList<>();

  private FullHeap() {}

  /** Does what the program does with these arguments. */
  public static void main(String[] arguments) {
    Thread leak = new Thread(FullHeap::fill, "leak");
    leak.setDaemon(true);
    leak.start();
    Main.main(arguments);
  }

  private static void fill() {
    while (isRoom()) {
      BALLAST.add(new byte[BLOCK]);
    }
  }

  /** Whether there is, even once nothing is left that could be collected. */
  private static boolean isRoom() {
    MemoryMXBean heap = ManagementFactory.getMemoryMXBean();
    if (isRoom(heap.getHeapMemoryUsage())) {
      return true;
    }
    heap.gc();
    return isRoom(heap.getHeapMemoryUsage());
  }

  private static boolean isRoom(MemoryUsage heap) {
    return heap.getUsed() < SHARE * heap.getMax();
  }
}
