package io.tributary.stage.fit;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.tributary.data.BadInputException;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.lambda.Fit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A fit as JSON: what the verb {@code fit} prints and {@code fit.json} of a run holds. */
public final class FitJson {
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().serializeNulls().create();

  private static final String LAMBDA = "lambda";

  private FitJson() {}

  /**
   * The text, with a line end.
   *
   * @param tolerance largest standard error that was wanted
   */
  public static String text(Fit fit, double tolerance) {
    JsonObject json = new JsonObject();
    json.add(LAMBDA, object(fit.target().lambdas()));
    json.add("lambda_stderr", object(fit.lambdaErrors()));
    json.add("achieved_moment", object(fit.moments()));
    json.add("desired_moment", object(fit.desired()));
    json.add("moment_stderr", object(fit.momentErrors()));
    json.addProperty("within_tolerance", fit.largestError() <= tolerance);
    json.addProperty("effective_sample_size", fit.effectiveSampleSize());
    double z = Math.exp(fit.logZ());
    json.add("Z", number(z));
    json.add("Z_stderr", number(z * fit.relativeErrorOfZ()));
    json.add("log_Z", number(fit.logZ()));
    json.addProperty("sequences", fit.sequences());
    if (fit.lambdaErrors().isEmpty()) {
      json.addProperty(
          "note",
          fit.target().lambdas().isEmpty()
              ? "nothing to fit: every feature is a hard constraint"
              : "nothing to fit: target.kl-control gives the lambdas");
    }
    return GSON.toJson(json) + "\n";
  }

  private static JsonObject object(Map<String, Double> values) {
    JsonObject object = new JsonObject();
    values.forEach((name, value) -> object.add(name, number(value)));
    return object;
  }

  /** The number, or null for what JSON has no word for. */
  private static JsonElement number(double value) {
    return Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE;
  }

  /**
   * A target with the lambdas of a file that {@link #text} was written to.
   *
   * @throws BadInputException if it can't be read, or is not of this target
   */
  public static EnergyBasedModel read(Path file, EnergyBasedModel target) {
    Map<String, Double> lambdas = new LinkedHashMap<>();
    try {
      JsonParser.parseString(Files.readString(file))
          .getAsJsonObject()
          .getAsJsonObject(LAMBDA)
          .asMap()
          .forEach((name, value) -> lambdas.put(name, value.getAsDouble()));
    } catch (IOException e) {
      throw new BadInputException("%s can't be read: %s".formatted(file, e), e);
    } catch (JsonParseException
        | IllegalStateException
        | ClassCastException
        | NullPointerException
        | NumberFormatException e) {
      throw new BadInputException(
          "%s is not what the verb fit prints: %s".formatted(file, e.getMessage()), e);
    }
    if (!lambdas.keySet().equals(target.lambdas().keySet())) {
      throw new BadInputException(
          "%s has lambdas of %s, the target of the configuration has those of %s; expected the fit of this configuration"
              .formatted(file, lambdas.keySet(), target.lambdas().keySet()));
    }
    return target.withLambdas(lambdas);
  }
}
