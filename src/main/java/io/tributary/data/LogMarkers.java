package io.tributary.data;

import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/** Markers of log messages. */
public final class LogMarkers {
  /**
   * What the command tells the user itself, so that it stands in the log of the run and not on
   * standard error too; {@code logback.xml} knows it by its name.
   */
  public static final Marker REPORTED = MarkerFactory.getMarker("REPORTED");

  private LogMarkers() {}
}
