package io.tributary.config.binding;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A path that must exist, and be of this kind, when the configuration is read. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Existing {
  Kind value();

  /** What is expected at the path. */
  enum Kind {
    FILE,
    DIRECTORY,
    MODEL_DIRECTORY
  }
}
