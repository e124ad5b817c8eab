package io.tributary.boot;

import io.tributary.config.ConfigException;
import io.tributary.data.BadInputException;
import java.util.concurrent.CompletionException;
import org.apache.pekko.actor.ActorInitializationException;

/** What is behind a failure, without what it was wrapped in on its way. */
final class FailureCause {
  private FailureCause() {}

  /** What made an actor or a future fail. */
  static Throwable of(Throwable failure) {
    boolean wrapper =
        failure instanceof ActorInitializationException || failure instanceof CompletionException;
    return wrapper && failure.getCause() != null ? of(failure.getCause()) : failure;
  }

  /** Whether the user has to change something before it makes sense to try again. */
  static boolean isMendable(Throwable cause) {
    return cause instanceof BadInputException || cause instanceof ConfigException;
  }
}
