package io.tributary.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How many samplers or scorers of a worker on which devices, as in {@code 2@gpu:0,2@gpu:1}.
 *
 * @param devices one for each; empty text where none is named
 */
record SlotDevices(List<String> devices) {
  private static final int MOST = 256;
  private static final String DEVICE = "cpu|gpu(?::\\d{1,4})?";
  private static final Pattern PART = Pattern.compile("(\\d{1,3})(?:@(" + DEVICE + "))?");

  SlotDevices {
    devices = List.copyOf(devices);
  }

  /** With a device in the place of none. */
  List<String> or(String device) {
    return devices.stream().map(each -> each.isEmpty() ? device : each).toList();
  }

  static boolean isDevice(String text) {
    return text.matches(DEVICE);
  }

  /** Reads the option. */
  static final class Converter implements ITypeConverter<SlotDevices> {
    @Override
    public SlotDevices convert(String text) {
      List<String> devices = new ArrayList<>();
      for (String part : text.split(",", -1)) {
        Matcher parts = PART.matcher(part);
        if (!parts.matches()) {
          throw new TypeConversionException(
              "expected a number, or numbers with devices, as in 2@gpu:0,2@gpu:1, but was '%s'"
                  .formatted(text));
        }
        String device = parts.group(2) == null ? "" : parts.group(2);
        devices.addAll(Collections.nCopies(Integer.parseInt(parts.group(1)), device));
      }
      if (devices.size() > MOST) {
        throw new TypeConversionException(
            "expected at most %d together, but was '%s'".formatted(MOST, text));
      }
      return new SlotDevices(devices);
    }
  }
}
