package io.tributary.tensor;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.tributary.data.BadInputException;
import io.tributary.data.TensorBytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The JSON header of a safetensors file: where each tensor lies, its type and its shape. */
final class SafeTensorsHeader {
  private static final String METADATA = "__metadata__";

  private SafeTensorsHeader() {}

  /**
   * Place of one tensor.
   *
   * @param typeName its type as written
   * @param begin first byte of its values, counted from the end of the header
   * @param end byte after its values
   */
  record Entry(String name, FloatType type, String typeName, long[] shape, long begin, long end) {}

  /**
   * Reads a header and checks that its tensors fill the data without overlap or gap, as the format
   * demands.
   *
   * @param file named in errors
   * @param dataBytes size of what follows the header
   * @return the tensors in the order of their place
   * @throws BadInputException naming the file, and the tensor where there is one
   */
  static List<Entry> parse(Path file, byte[] json, long dataBytes) {
    JsonObject header;
    try {
      header = JsonParser.parseString(new String(json, StandardCharsets.UTF_8)).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      throw new BadInputException(file + ": its header is not a JSON object: " + e.getMessage(), e);
    }
    List<Entry> entries =
        header.keySet().stream()
            .filter(name -> !name.equals(METADATA))
            .map(name -> entry(file, name, header.get(name), dataBytes))
            .sorted(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end))
            .toList();
    long position = 0;
    for (Entry entry : entries) {
      if (entry.begin() != position) {
        throw new BadInputException(
            "%s: tensor %s begins at byte %d of the data, expected %d (tensors overlap or leave a gap)"
                .formatted(file, entry.name(), entry.begin(), position));
      }
      position = entry.end();
    }
    if (position != dataBytes) {
      throw new BadInputException(
          "%s: its tensors end at byte %d of the data, but the file holds %d bytes of data"
              .formatted(file, position, dataBytes));
    }
    return entries;
  }

  private static Entry entry(Path file, String name, JsonElement json, long dataBytes) {
    long[] shape;
    long begin;
    long end;
    String typeName;
    long expected;
    try {
      JsonObject object = json.getAsJsonObject();
      shape = wholeNumbers(object.getAsJsonArray("shape"));
      long[] offsets = wholeNumbers(object.getAsJsonArray("data_offsets"));
      if (offsets.length != 2) {
        throw new IllegalArgumentException("data_offsets are not two numbers");
      }
      begin = offsets[0];
      end = offsets[1];
      typeName = object.getAsJsonPrimitive("dtype").getAsString();
      expected = Arrays.stream(shape).reduce(FloatType.of(typeName).bytes(), Math::multiplyExact);
    } catch (RuntimeException e) {
      throw new BadInputException(
          "%s: the header's entry of tensor %s is damaged: %s".formatted(file, name, json), e);
    }
    if (begin < 0 || end < begin || end > dataBytes) {
      throw new BadInputException(
          "%s: tensor %s lies at bytes %d to %d, but the file holds only %d bytes of data: it is truncated or damaged"
              .formatted(file, name, begin, end, dataBytes));
    }
    FloatType type = FloatType.of(typeName);
    if (type != FloatType.OTHER
        && (Arrays.stream(shape).anyMatch(n -> n < 0) || end - begin != expected)) {
      throw new BadInputException(
          "%s: tensor %s of shape %s and type %s needs %d bytes, the header gives it %d"
              .formatted(file, name, Arrays.toString(shape), typeName, expected, end - begin));
    }
    return new Entry(name, type, typeName, shape, begin, end);
  }

  private static long[] wholeNumbers(JsonArray array) {
    return array.asList().stream()
        .mapToLong(element -> element.getAsJsonPrimitive().getAsBigDecimal().longValueExact())
        .toArray();
  }

  /**
   * The header of a file that holds {@code tensors} one after the other, stored as {@code type}.
   */
  static byte[] format(List<TensorBytes> tensors, FloatType type) {
    JsonObject header = new JsonObject();
    JsonObject metadata = new JsonObject();
    metadata.addProperty("format", "pt");
    header.add(METADATA, metadata);
    Gson gson = new Gson();
    long offset = 0;
    for (TensorBytes tensor : tensors) {
      long bytes = (long) tensor.bytes().length / Float.BYTES * type.bytes();
      JsonObject entry = new JsonObject();
      entry.addProperty("dtype", type.name());
      entry.add("shape", gson.toJsonTree(tensor.shape()));
      entry.add("data_offsets", gson.toJsonTree(new long[] {offset, offset + bytes}));
      header.add(tensor.name(), entry);
      offset += bytes;
    }
    return header.toString().getBytes(StandardCharsets.UTF_8);
  }
}
