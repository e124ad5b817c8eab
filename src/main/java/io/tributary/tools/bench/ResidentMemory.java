package io.tributary.tools.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Memory that this process holds. */
final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String PEAK = "VmHWM:";
  private static final long KIBIBYTE = 1024;

  private ResidentMemory() {}

  /** The most that it has held at any time; null except on Linux, which alone tells. */
  static @Nullable Long peakBytes() {
    if (!Files.isReadable(STATUS)) {
      return null;
    }
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(PEAK))
          .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIBIBYTE)
          .findFirst()
          .orElse(null);
    } catch (IOException e) {
      return null;
    }
  }
}
