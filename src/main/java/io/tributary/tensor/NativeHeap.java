package io.tributary.tensor;

import com.sun.jna.FunctionMapper;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Structure;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Native memory outside the Java heap, nearly all of which is tensors. Read from glibc's allocator,
 * since the engine does not report it and walking its arrays would race with their release.
 */
public final class NativeHeap {
  private NativeHeap() {}

  /** {@code struct mallinfo2}; see mallinfo(3). */
  @Structure.FieldOrder({
    "arena",
    "ordblks",
    "smblks",
    "hblks",
    "hblkhd",
    "usmblks",
    "fsmblks",
    "uordblks",
    "fordblks",
    "keepcost"
  })
  public static final class MallocInfo extends Structure implements Structure.ByValue {
    public NativeLong arena = new NativeLong();
    public NativeLong ordblks = new NativeLong();
    public NativeLong smblks = new NativeLong();
    public NativeLong hblks = new NativeLong();

    /** Bytes in blocks that were mapped one by one. */
    public NativeLong hblkhd = new NativeLong();

    public NativeLong usmblks = new NativeLong();
    public NativeLong fsmblks = new NativeLong();

    /** Bytes in use in the allocator's own areas. */
    public NativeLong uordblks = new NativeLong();

    public NativeLong fordblks = new NativeLong();
    public NativeLong keepcost = new NativeLong();
  }

  /** The one function of the C library that is used. */
  private interface Glibc extends Library {
    MallocInfo mallocInfo();
  }

  /**
   * Supplies the bytes in use; empty if the C library does not report them (it is not glibc 2.33 or
   * newer).
   */
  public static Optional<LongSupplier> usedBytes() {
    try {
      FunctionMapper names = (library, method) -> "mallinfo2";
      Glibc glibc = Native.load("c", Glibc.class, Map.of(Library.OPTION_FUNCTION_MAPPER, names));
      glibc.mallocInfo();
      return Optional.of(
          () -> {
            MallocInfo info = glibc.mallocInfo();
            return info.uordblks.longValue() + info.hblkhd.longValue();
          });
    } catch (UnsatisfiedLinkError e) {
      return Optional.empty();
    }
  }
}
