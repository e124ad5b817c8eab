package io.tributary.cli.console;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What SIGINT and SIGTERM do: the first one ends the process as it always does in Java, with its
 * shutdown hooks, which may take their time; a second one ends it at once, and so do all later
 * ones. The exit code is 128 and the signal's number, 130 or 143.
 *
 * <p>Java has no other way to hear of a second signal than {@code sun.misc.Signal}, of the module
 * {@code jdk.unsupported}. It is used by its name, since the compiler warns of it; where it is not
 * there, a second signal has no effect.
 */
public final class ExitSignals {
  private static final Logger LOG = LoggerFactory.getLogger(ExitSignals.class);
  private static final int SIGNALLED = 128;

  private ExitSignals() {}

  /** Takes the signals over, for the rest of the process's life. */
  public static void handle() {
    AtomicBoolean ending = new AtomicBoolean();
    for (String name : List.of("INT", "TERM")) {
      try {
        handle(name, ending);
      } catch (InvocationTargetException e) {
        LOG.debug("SIG{} is not ours: it is ignored, as in a background job of a shell", name, e);
      } catch (ReflectiveOperationException e) {
        LOG.debug("SIG{} can't be handled", name, e);
      }
    }
  }

  private static void handle(String name, AtomicBoolean ending)
      throws ReflectiveOperationException {
    Class<?> signalType = Class.forName("sun.misc.Signal");
    Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
    Object signal = signalType.getConstructor(String.class).newInstance(name);
    int exitCode = SIGNALLED + (int) signalType.getMethod("getNumber").invoke(signal);
    Object handler =
        Proxy.newProxyInstance(
            handlerType.getClassLoader(),
            new Class<?>[] {handlerType},
            (proxy, method, arguments) -> {
              if (method.getDeclaringClass() == Object.class) {
                return method.invoke(ending, arguments);
              }
              end(exitCode, ending);
              return null;
            });
    signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, handler);
  }

  private static void end(int exitCode, AtomicBoolean ending) {
    if (ending.getAndSet(true)) {
      Runtime.getRuntime().halt(exitCode);
    } else {
      System.exit(exitCode);
    }
  }
}
