package io.tributary.cli.console;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles SIGINT and SIGTERM. The first ends the process as usual in Java, by way of its shutdown
 * hooks, which may take a while; any further one ends it at once. The exit code is 128 plus the
 * signal's number: 130 or 143.
 *
 * <p>Only {@code sun.misc.Signal}, in the module {@code jdk.unsupported}, tells of a second signal.
 * It is used by reflection, since the compiler warns about it; where it is missing, a second signal
 * has no effect.
 */
public final class ExitSignals {
  private static final Logger LOG = LoggerFactory.getLogger(ExitSignals.class);
  private static final int SIGNALLED = 128;

  private ExitSignals() {}

  /** Installs the handlers, for the rest of the process's life. */
  public static void handle() {
    AtomicBoolean ending = new AtomicBoolean();
    for (String name : List.of("INT", "TERM")) {
      try {
        handle(name, ending);
      } catch (InvocationTargetException e) {
        LOG.debug(
            "SIG{} is ignored by this process already, as in a background job of a shell", name, e);
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
