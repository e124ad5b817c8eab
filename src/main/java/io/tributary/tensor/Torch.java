package io.tributary.tensor;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.Platform;
import io.tributary.config.NativeConfig;
import io.tributary.data.BadInputException;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The PyTorch engine: loading it with the configured number of threads, devices, gradient mode.
 *
 * <p>Gradient mode is a property of a thread and is on in every new one, so that graphs are built
 * silently: whatever computes without a gradient does it within {@link #inference}.
 */
public final class Torch {
  private static final String ENGINE = "PyTorch";

  /**
   * Functions that libtorch takes from MKL's vector mathematics.
   *
   * <p>MKL selects the implementation of such a function on its first call. If two threads make
   * that call at once, one of them may get the least accurate implementation for that call, with a
   * relative error of 1.5e-4: the log q of a run's first draws would sometimes be wrong. MKL
   * 2024.2, which libtorch 2.7 contains, does so; 2025.0 does not (pytorch/pytorch issue 188792).
   * Other functions of a TorchScript module (erf, erfc) are not covered.
   */
  private static final List<UnaryOperator<NDArray>> VECTOR_MATH =
      List.of(
          NDArray::exp,
          NDArray::log,
          NDArray::log2,
          NDArray::log10,
          NDArray::sqrt,
          NDArray::sin,
          NDArray::cos,
          NDArray::tan,
          NDArray::asin,
          NDArray::acos,
          NDArray::atan,
          NDArray::tanh,
          NDArray::erfinv);

  private static volatile boolean loaded;

  private Torch() {}

  /** Loads the engine as configured; see {@link #load(int, boolean)}. */
  public static void load(NativeConfig config) {
    load(config.intraOpThreads(), config.mklFastPath() == NativeConfig.MklFastPath.AUTO);
  }

  /** As {@link #load(int, boolean)}, with the fast path. */
  public static void load(int intraOpThreads) {
    load(intraOpThreads, true);
  }

  /**
   * Loads the engine, before anything computes. The first call decides; later ones change nothing.
   *
   * @param intraOpThreads threads that one native operation may use
   * @param mklFastPath whether MKL is made to take its fast path on AMD processors
   */
  public static synchronized void load(int intraOpThreads, boolean mklFastPath) {
    if (loaded) {
      return;
    }
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(intraOpThreads));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
    if (mklFastPath) {
      MklFastPath.takeOnAmd();
    }
    Engine.getEngine(ENGINE);
    try (NDManager manager = NDManager.newBaseManager(Device.cpu(), ENGINE)) {
      chooseVectorMath(manager);
    }
    loaded = true;
  }

  /** Calls each function once, in one thread before any other one computes. */
  private static void chooseVectorMath(NDManager manager) {
    for (DataType type : List.of(DataType.FLOAT32, DataType.FLOAT64)) {
      try (NDArray one = manager.ones(new Shape(1), type)) {
        VECTOR_MATH.forEach(function -> function.apply(one).close());
      }
    }
  }

  /** Name and version of the engine, which need not be loaded. */
  public static String version() {
    return "%s %s".formatted(ENGINE, Platform.detectPlatform("pytorch").getVersion());
  }

  /** Whether matrix products take MKL's fast path on an AMD processor. */
  public static boolean takesMklFastPath() {
    return MklFastPath.isTaken();
  }

  /** Threads that one native operation may use. */
  public static int intraOpThreads() {
    return JniUtils.getNumThreads();
  }

  /** Seeds the engine's only generator; nothing but dropout draws from it. */
  public static void seed(long seed) {
    JniUtils.setSeed(seed);
  }

  /**
   * A new root of ownership for arrays on {@code device}.
   *
   * @throws IllegalStateException if the engine is not loaded
   */
  public static NDManager newManager(Device device) {
    requireLoaded();
    return NDManager.newBaseManager(device, ENGINE);
  }

  /**
   * The device named {@code cpu}, {@code gpu} or {@code gpu:N}.
   *
   * @throws BadInputException if the name is not a device or this machine does not have it
   * @throws IllegalStateException if it is a GPU and the engine is not loaded
   */
  public static Device device(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.equals("cpu")) {
      return Device.cpu();
    }
    if (!lower.matches("gpu(:\\d{1,4})?")) {
      throw new BadInputException("unknown device '" + name + "': expected cpu, gpu or gpu:N");
    }
    requireLoaded();
    int number = lower.equals("gpu") ? 0 : Integer.parseInt(lower.substring(4));
    int available = Engine.getEngine(ENGINE).getGpuCount();
    if (number >= available) {
      throw new BadInputException(
          "device '" + name + "' is not available: the engine finds " + available + " GPUs");
    }
    return Device.gpu(number);
  }

  /** An engine that loads itself would have other settings, and functions that are not ready. */
  private static void requireLoaded() {
    if (!loaded) {
      throw new IllegalStateException("Torch.load must be called before any computation");
    }
  }

  /** Computes with gradient mode off in this thread, and restores the mode. */
  public static <T> T inference(Supplier<T> body) {
    return inMode(false, body);
  }

  /** As {@link #inference}, and frees the arrays that the body makes; it must not return one. */
  public static <T> T scoped(Supplier<T> body) {
    return inference(
        () -> {
          try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            return body.get();
          }
        });
  }

  /** As {@link #scoped(Supplier)}, without a result. */
  public static void scoped(Runnable body) {
    scoped(
        () -> {
          body.run();
          return true;
        });
  }

  /** Computes with gradient mode on in this thread, and restores the mode. */
  public static <T> T recording(Supplier<T> body) {
    return inMode(true, body);
  }

  private static <T> T inMode(boolean gradient, Supplier<T> body) {
    boolean before = JniUtils.isGradMode();
    JniUtils.setGradMode(gradient);
    try {
      return body.get();
    } finally {
      JniUtils.setGradMode(before);
    }
  }
}
