package io.tributary.run.life;

import ai.djl.engine.EngineException;
import io.tributary.config.binding.ConfigException;
import io.tributary.data.BadInputException;
import io.tributary.data.RunFailedException;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.apache.pekko.actor.ActorInitializationException;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.Terminated;

/** Finds what is behind a failure, under the exceptions that it was wrapped in. */
final class FailureCause {
  /** What PyTorch's allocators and the C++ library say when they run out of memory. */
  private static final List<String> NO_MEMORY =
      List.of("you tried to allocate", "out of memory", "std::bad_alloc");

  private FailureCause() {}

  /** What made an actor or a future fail. Lack of tensor memory is reported with a remedy. */
  static Throwable of(Throwable failure) {
    boolean wrapper =
        failure instanceof ActorInitializationException || failure instanceof CompletionException;
    if (wrapper && failure.getCause() != null) {
      return of(failure.getCause());
    }
    String message = String.valueOf(failure.getMessage());
    if (failure instanceof EngineException && NO_MEMORY.stream().anyMatch(message::contains)) {
      return new RunFailedException(
          "there is not enough native memory for the tensors; lower learner.micro-batch-size (which"
              + " does not change what is learned) or samplers.batch-size, and continue with"
              + " --resume: "
              + message.lines().findFirst().orElse(message),
          failure);
    }
    return failure;
  }

  /** Why an actor has stopped. */
  static Throwable of(Terminated signal) {
    return signal instanceof ChildFailed failed
        ? of(failed.getCause())
        : new IllegalStateException(signal.getRef().path().name() + " has stopped");
  }

  /**
   * Whether another try would fail as well: the user has to change something, or the run has been
   * given up.
   */
  static boolean isFinal(Throwable cause) {
    return cause instanceof BadInputException
        || cause instanceof ConfigException
        || cause instanceof RunFailedException;
  }
}
