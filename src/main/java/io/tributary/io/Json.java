package io.tributary.io;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;

/**
 * Records as JSON: components become keys in snake case and in their order. A double is the
 * shortest decimal number that reads back as the same double, and null if it is not finite; a time
 * is ISO 8601.
 */
public final class Json {
  private static final Gson GSON =
      new GsonBuilder()
          .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
          .serializeNulls()
          .registerTypeAdapter(double.class, new Numbers())
          .registerTypeAdapter(Double.class, new Numbers())
          .registerTypeAdapter(Instant.class, new Times())
          .create();

  private Json() {}

  /** A record as a JSON object; a component that is null is there as null. */
  public static JsonElement of(Object record) {
    return GSON.toJsonTree(record);
  }

  /** The shortest decimal number that reads back as this very value; integers without a point. */
  public static JsonPrimitive number(double value) {
    if (value == 0) {
      return 1 / value > 0 ? new JsonPrimitive(0) : new JsonPrimitive(-0.0);
    }
    BigDecimal exact = new BigDecimal(value);
    for (int digits = 1; digits < 17; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits));
      if (rounded.doubleValue() == value) {
        return new JsonPrimitive(plain(rounded));
      }
    }
    return new JsonPrimitive(plain(exact.round(new MathContext(17))));
  }

  private static BigDecimal plain(BigDecimal number) {
    return number.scale() < 0 && number.precision() - number.scale() <= 17
        ? number.setScale(0)
        : number;
  }

  private static final class Numbers extends TypeAdapter<Double> {
    @Override
    public void write(JsonWriter out, Double value) throws IOException {
      out.value(Double.isFinite(value) ? number(value).getAsNumber() : null);
    }

    @Override
    public Double read(JsonReader in) throws IOException {
      return in.nextDouble();
    }
  }

  private static final class Times extends TypeAdapter<Instant> {
    @Override
    public void write(JsonWriter out, Instant value) throws IOException {
      out.value(value.toString());
    }

    @Override
    public Instant read(JsonReader in) throws IOException {
      return Instant.parse(in.nextString());
    }
  }
}
