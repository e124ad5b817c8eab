package io.tributary.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.tributary.io.Json;
import io.tributary.metrics.Label.Distribution;
import io.tributary.metrics.Label.Pair;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class MetricsJsonlTest {

  @Test
  void labelsBecomeNestedObjectsAndTheOrderOfPutsDoesNotMatter() {
    Measurements measurements =
        new Measurements()
            .put(Metric.KL_NATS, 1.93, Pair.P_PI)
            .put(Metric.PARTITION_FUNCTION, 0.01)
            .put(Metric.FEATURE_MOMENT, 0.2, "amazing", Distribution.Q)
            .put(Metric.FEATURE_MOMENT, 0.21, "amazing", Distribution.PI);
    assertThat(MetricsJsonl.step(12, 3072, measurements))
        .isEqualTo(
            "{\"step\":12,\"sequences\":3072,\"feature_moment\":{\"amazing\":"
                + "{\"pi\":0.21,\"q\":0.2}},\"kl_nats\":{\"p_pi\":1.93},"
                + "\"partition_function\":0.01}");
  }

  @Test
  void whatIsNotFiniteIsLeftOut() {
    Measurements measurements =
        new Measurements()
            .put(Metric.KL_NATS, Double.NaN, Pair.P_PI)
            .put(Metric.LEARNER_LOSS, Double.POSITIVE_INFINITY)
            .put(Metric.BASELINE_MEAN, 0);
    assertThat(MetricsJsonl.step(0, 0, measurements))
        .isEqualTo("{\"step\":0,\"sequences\":0,\"baseline_mean\":0}");
  }

  @Test
  void evaluationsAndPublicationsSaySo() {
    assertThat(
            MetricsJsonl.publication(
                45, 11520, new Measurements().put(Metric.HELD_OUT_KL_NATS, 4.5)))
        .isEqualTo(
            "{\"step\":45,\"sequences\":11520,\"publication\":true,\"held_out_kl_nats\":4.5}");
    assertThat(MetricsJsonl.evaluation(50, 12800, new Measurements()))
        .isEqualTo("{\"step\":50,\"sequences\":12800,\"evaluation\":true}");
  }

  @Test
  void aFeatureMayHaveAnyName() {
    Measurements measurements =
        new Measurements()
            .put(new Measurements.Key(Metric.FEATURE_TARGET, List.of("say \"hi\"\n")), 1);
    assertThat(MetricsJsonl.step(1, 1, measurements))
        .endsWith("\"feature_target\":{\"say \\\"hi\\\"\\n\":1}}");
  }

  @Test
  void whatIsNoMeasurementIsPassedOverInARow() {
    assertThat(
            MetricsJsonl.measurements(
                    JsonParser.parseString(
                            """
                            {"step": 1, "loss": 2, "kl_nats": {"p_pi": 3, "pi_p": 4},
                             "partition_function": {"of": 5}, "draws_reissued_total": 6}
                            """)
                        .getAsJsonObject())
                .values())
        .isEqualTo(new Measurements().put(Metric.KL_NATS, 3, Label.Pair.P_PI).values());
  }

  @Property
  void aNumberReadsBackAsItself(@ForAll double value) {
    String text = Json.number(value).toString();
    assertThat(Double.parseDouble(text)).isEqualTo(value);
    assertThat(JsonParser.parseString("[" + text + "]").getAsJsonArray().get(0).getAsDouble())
        .isEqualTo(value);
  }

  @Test
  void numbersAreAsShortAsTheyCanBe() {
    assertThat(Json.number(0.1).toString()).isEqualTo("0.1");
    assertThat(Json.number(1.41e-5).toString()).isEqualTo("0.0000141");
    assertThat(Json.number(2e-3).toString()).isEqualTo("0.002");
    assertThat(Json.number(3072).toString()).isEqualTo("3072");
    assertThat(Json.number(1e6).toString()).isEqualTo("1000000");
    assertThat(Json.number(0x1p100).toString()).isEqualTo("1.2676506002282294E+30");
    assertThat(Json.number(Double.MIN_VALUE).toString()).isEqualTo("5E-324");
    assertThat(Json.number(-0.0).toString()).isEqualTo("-0.0");
  }
}
