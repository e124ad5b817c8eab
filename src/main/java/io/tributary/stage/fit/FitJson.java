package io.tributary.stage.fit;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.annotations.SerializedName;
import io.tributary.data.BadInputException;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.fit.Fit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A fit as JSON: the output of the verb {@code fit}, and {@code fit.json} of a run. */
public final class FitJson {
  private static final Gson GSON =
      new GsonBuilder()
          .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
          .setPrettyPrinting()
          .disableHtmlEscaping()
          .serializeNulls()
          .create();

  private static final String LAMBDA = "lambda";

  private FitJson() {}

  private record Written(
      Map<String, @Nullable Double> lambda,
      Map<String, @Nullable Double> lambdaStderr,
      Map<String, @Nullable Double> achievedMoment,
      Map<String, @Nullable Double> desiredMoment,
      Map<String, @Nullable Double> momentStderr,
      boolean withinTolerance,
      double effectiveSampleSize,
      @SerializedName("Z") @Nullable Double z,
      @SerializedName("Z_stderr") @Nullable Double standardErrorOfZ,
      @SerializedName("log_Z") @Nullable Double logZ,
      int sequences,
      @Nullable String note) {}

  /**
   * The text, ending with a newline.
   *
   * @param tolerance the wanted bound on standard errors
   */
  public static String text(Fit fit, double tolerance) {
    double z = Math.exp(fit.logZ());
    Written written =
        new Written(
            finite(fit.target().lambdas()),
            finite(fit.lambdaErrors()),
            finite(fit.moments()),
            finite(fit.desired()),
            finite(fit.momentErrors()),
            fit.largestError() <= tolerance,
            fit.effectiveSampleSize(),
            finite(z),
            finite(z * fit.relativeErrorOfZ()),
            finite(fit.logZ()),
            fit.sequences(),
            note(fit));
    JsonObject json = GSON.toJsonTree(written).getAsJsonObject();
    if (written.note() == null) {
      json.remove("note");
    }
    return GSON.toJson(json) + "\n";
  }

  private static @Nullable String note(Fit fit) {
    if (!fit.lambdaErrors().isEmpty()) {
      return null;
    }
    return fit.target().lambdas().isEmpty()
        ? "nothing to fit: every feature is a hard constraint"
        : "nothing to fit: target.kl-control gives the lambdas";
  }

  private static Map<String, @Nullable Double> finite(Map<String, Double> values) {
    Map<String, @Nullable Double> finite = new LinkedHashMap<>();
    values.forEach((name, value) -> finite.put(name, finite(value)));
    return finite;
  }

  /** The number, or null for what JSON can't express. */
  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /**
   * A target with lambdas from a file written with {@link #text}.
   *
   * @throws BadInputException if the file can't be read, or holds a fit of another target
   */
  public static EnergyBasedModel read(Path file, EnergyBasedModel target) {
    Map<String, Double> lambdas = new LinkedHashMap<>();
    try {
      JsonParser.parseString(Files.readString(file))
          .getAsJsonObject()
          .getAsJsonObject(LAMBDA)
          .asMap()
          .forEach((name, value) -> lambdas.put(name, value.getAsDouble()));
    } catch (NoSuchFileException e) {
      throw new BadInputException(file + ": no such file", e);
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
