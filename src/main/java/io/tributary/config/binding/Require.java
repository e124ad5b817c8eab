package io.tributary.config.binding;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** Checks of values, for the compact constructors of records. */
public final class Require {
  private static final Pattern DEVICE = Pattern.compile("cpu|gpu|gpu:\\d+");

  private static final Duration LONGEST = Duration.ofDays(100);

  /** Each worker needs a thread and a copy of the model. */
  private static final int MOST_WORKERS = 256;

  private Require() {}

  /** A record was given an invalid value. The binder adds the place in the file. */
  static final class InvalidValueException extends IllegalArgumentException {
    private final String key;

    private InvalidValueException(String key, String problem) {
      super(key + " " + problem);
      this.key = key;
    }

    /** The key, relative to the record. */
    String key() {
      return key;
    }
  }

  /**
   * Requires a condition.
   *
   * @param key relative to the record
   * @param expected continues "must be", for the message
   */
  public static void that(boolean holds, String key, Object value, String expected) {
    if (!holds) {
      throw new InvalidValueException(key, "must be %s, got %s".formatted(expected, value));
    }
  }

  public static void atLeast(long least, String key, long value) {
    that(value >= least, key, value, "at least " + least);
  }

  /** A number of workers. */
  public static void count(int workers) {
    atLeast(0, "count", workers);
    that(workers <= MOST_WORKERS, "count", workers, "at most " + MOST_WORKERS);
  }

  public static void positive(String key, double value) {
    that(value > 0 && Double.isFinite(value), key, value, "a positive number");
  }

  public static void notNegative(String key, double value) {
    that(value >= 0 && Double.isFinite(value), key, value, "zero or a positive number");
  }

  /** A number in [0, 1). */
  public static void fraction(String key, double value) {
    that(value >= 0 && value < 1, key, value, "at least 0 and less than 1");
  }

  /** A timeout; the timers of the actor library allow at most 248 days. */
  public static void positive(String key, Duration value) {
    that(
        !value.isNegative() && !value.isZero() && value.compareTo(LONGEST) <= 0,
        key,
        HoconWriter.duration(value),
        "longer than zero and at most " + LONGEST.toDays() + "d");
  }

  public static void device(String key, String value) {
    that(
        DEVICE.matcher(value).matches(),
        key,
        '"' + value + '"',
        "a device: \"cpu\", \"gpu\" or \"gpu:N\" with the GPU's number N");
  }

  /** One device for all workers, or one for each. */
  public static void devices(String key, List<String> devices, int count) {
    devices.forEach(device -> device(key, device));
    that(
        devices.size() == 1 || devices.size() == count || count == 0,
        key,
        devices.size() + " devices for count = " + count,
        "one device for all, or one for each of them");
  }

  public static void text(String key, String value) {
    that(!value.isBlank(), key, '"' + value + '"', "a text that is not blank");
  }
}
