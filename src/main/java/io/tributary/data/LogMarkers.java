package io.tributary.data;

import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/** Markers of log messages. */
public final class LogMarkers {
  /**
   * Marks messages that the command itself shows to the user: they go to the log of the run, not to
   * standard error. {@code logback.xml} refers to the marker by its name.
   */
  public static final Marker REPORTED = MarkerFactory.getMarker("REPORTED");

  private LogMarkers() {}
}
