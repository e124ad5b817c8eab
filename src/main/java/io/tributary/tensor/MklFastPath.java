package io.tributary.tensor;

import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * MKL's fast path on AMD processors.
 *
 * <p>libtorch's matrix products come from MKL, which asks {@code mkl_serv_intel_cpu_true} whether
 * the processor is Intel's, and takes a path of half the speed if it is not. libtorch exports that
 * function, so a library that defines it too, and is opened before libtorch with its symbols
 * global, overrides it. The library is a resource, beside its source.
 */
final class MklFastPath {
  /** {@code off} in this system property, or in {@link #VARIABLE}, turns the fast path off. */
  static final String PROPERTY = "tributary.native.mkl-fast-path";

  static final String VARIABLE = "TRIBUTARY_MKL_FAST_PATH";

  private static final Logger LOG = LoggerFactory.getLogger(MklFastPath.class);
  private static final String RESOURCE = "/native/linux-x86_64/libmklfastpath.so";
  private static final Path CPUINFO = Path.of("/proc/cpuinfo");
  private static final int RTLD_NOW = 0x2;
  private static final int RTLD_GLOBAL = 0x100;

  /** Kept because the library closes with the last reference to it. */
  private static @Nullable NativeLibrary library;

  private MklFastPath() {}

  /**
   * Opens the library if this is an AMD processor under Linux; to be called before libtorch is
   * loaded. If that fails, a warning is logged and libtorch keeps its default speed.
   */
  static synchronized void takeOnAmd() {
    if (library != null || !isLinuxX64() || switchedOff() || !isAmd(cpuInfo())) {
      return;
    }
    try {
      library = open();
      LOG.info(
          "AMD processor: matrix products take MKL's fast path (native.mkl-fast-path = off, {}=off"
              + " or -D{}=off turns it off)",
          VARIABLE,
          PROPERTY);
    } catch (IOException | LinkageError e) {
      LOG.warn(
          "AMD processor, but MKL's fast path can't be taken, matrix products will be slow: {}",
          e.toString());
    }
  }

  /** Whether the library was opened. */
  static synchronized boolean isTaken() {
    return library != null;
  }

  /** Opens the library; libraries that are loaded afterwards see its symbols. */
  static NativeLibrary open() throws IOException {
    Path file = Files.createTempFile("libmklfastpath", ".so");
    try (InputStream resource = MklFastPath.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new FileNotFoundException("resource " + RESOURCE);
      }
      Files.copy(resource, file, StandardCopyOption.REPLACE_EXISTING);
      return NativeLibrary.getInstance(
          file.toString(), Map.of(Library.OPTION_OPEN_FLAGS, RTLD_GLOBAL | RTLD_NOW));
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** Whether the text of {@code /proc/cpuinfo} is that of an AMD processor. */
  static boolean isAmd(String cpuInfo) {
    return cpuInfo.lines().anyMatch(line -> line.matches("vendor_id\\s*:\\s*AuthenticAMD\\s*"));
  }

  private static String cpuInfo() {
    try {
      return Files.readString(CPUINFO);
    } catch (IOException e) {
      return "";
    }
  }

  private static boolean isLinuxX64() {
    return System.getProperty("os.name", "").equals("Linux")
        && System.getProperty("os.arch", "").equals("amd64");
  }

  private static boolean switchedOff() {
    return "off".equalsIgnoreCase(System.getProperty(PROPERTY))
        || "off".equalsIgnoreCase(System.getenv(VARIABLE));
  }
}
