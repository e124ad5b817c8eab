package io.tributary.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.ExternalMetricSource;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.tributary.config.TributaryConfig;
import io.tributary.metrics.Metric;
import io.tributary.run.cluster.WorkerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The manifests, read strictly by the model of Kubernetes' API, and whether they fit together. */
class KubernetesTest {
  private static final List<Class<? extends HasMetadata>> KINDS =
      List.of(
          ConfigMap.class,
          Deployment.class,
          HorizontalPodAutoscaler.class,
          PodDisruptionBudget.class,
          Service.class,
          StatefulSet.class);

  /** Time of a trainer, after its grace, for the rest. */
  private static final Duration END = Duration.ofSeconds(45);

  @TempDir private static Path directory;
  private static final Map<String, HasMetadata> OBJECTS = new HashMap<>();
  private static StatefulSet trainer;
  private static Deployment workers;

  @BeforeAll
  static void read() throws IOException {
    for (Map<String, Object> manifest : manifests()) {
      HasMetadata object = strictly(manifest);
      assertThat(OBJECTS.put(object.getKind() + "/" + object.getMetadata().getName(), object))
          .isNull();
    }
    trainer = (StatefulSet) OBJECTS.get("StatefulSet/tributary-trainer");
    workers = (Deployment) OBJECTS.get("Deployment/tributary-workers");
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> manifests() throws IOException {
    List<Map<String, Object>> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(Deployed.FOLDER.resolve("kubernetes"))) {
      for (Path file : files.sorted().toList()) {
        new Yaml()
            .loadAll(Files.readString(file))
            .forEach(each -> all.add((Map<String, Object>) each));
      }
    }
    return all;
  }

  /** The model keeps what it does not know, unless that is forbidden. */
  private static HasMetadata strictly(Map<String, Object> manifest) {
    Class<? extends HasMetadata> type =
        KINDS.stream()
            .filter(kind -> kind.getSimpleName().equals(manifest.get("kind")))
            .findFirst()
            .orElseThrow();
    assertThat(manifest.get("apiVersion")).isEqualTo(HasMetadata.getApiVersion(type));
    return new ObjectMapper()
        .setAnnotationIntrospector(
            new JacksonAnnotationIntrospector() {
              @Override
              public Boolean hasAnySetter(Annotated annotated) {
                return false;
              }
            })
        .convertValue(manifest, type);
  }

  private static <T extends HasMetadata> List<T> all(Class<T> type) {
    return OBJECTS.values().stream().filter(type::isInstance).map(type::cast).toList();
  }

  private static List<PodTemplateSpec> pods() {
    return List.of(trainer.getSpec().getTemplate(), workers.getSpec().getTemplate());
  }

  private static Container container(PodTemplateSpec pod) {
    assertThat(pod.getSpec().getContainers()).hasSize(1);
    return pod.getSpec().getContainers().get(0);
  }

  @Test
  void aFieldThatKubernetesDoesNotKnowIsNoticed() throws IOException {
    Map<String, Object> manifest =
        manifests().stream()
            .filter(each -> each.get("kind").equals("StatefulSet"))
            .findFirst()
            .orElseThrow();
    @SuppressWarnings("unchecked")
    Map<String, Object> spec = (Map<String, Object>) manifest.get("spec");
    spec.put("replica", 1);
    assertThatThrownBy(() -> strictly(manifest)).hasMessageContaining("replica");
  }

  @Test
  void selectorsFindTheirPods() {
    assertThat(trainer.getSpec().getSelector().getMatchLabels()).isEqualTo(labels(pods().get(0)));
    assertThat(workers.getSpec().getSelector().getMatchLabels()).isEqualTo(labels(pods().get(1)));
    assertThat(labels(pods().get(0))).isNotEqualTo(labels(pods().get(1)));
    for (Service service : all(Service.class)) {
      assertThat(service.getSpec().getClusterIP()).as("headless").isEqualTo("None");
      assertThat(service.getSpec().getPublishNotReadyAddresses()).isTrue();
      assertThat(pods()).extracting(KubernetesTest::labels).contains(selector(service));
    }
    PodDisruptionBudget budget = all(PodDisruptionBudget.class).get(0);
    assertThat(budget.getSpec().getSelector().getMatchLabels()).isEqualTo(labels(pods().get(1)));
  }

  private static Map<String, String> labels(PodTemplateSpec pod) {
    return pod.getMetadata().getLabels();
  }

  private static Map<String, String> selector(Service service) {
    return service.getSpec().getSelector();
  }

  @Test
  void portsHaveTheNamesAndNumbersOfTheirContainers() {
    for (Service service : all(Service.class)) {
      PodTemplateSpec pod =
          pods().stream().filter(each -> labels(each).equals(selector(service))).findFirst().get();
      Map<String, Integer> ports =
          container(pod).getPorts().stream()
              .collect(Collectors.toMap(ContainerPort::getName, ContainerPort::getContainerPort));
      assertThat(
              service.getSpec().getPorts().stream()
                  .collect(Collectors.toMap(ServicePort::getName, ServicePort::getPort)))
          .isEqualTo(ports);
      probes(container(pod))
          .forEach(
              probe -> {
                assertThat(ports).containsKey(probe.getHttpGet().getPort().getStrVal());
                assertThat(probe.getHttpGet().getScheme()).isEqualTo("HTTPS");
                assertThat(probe.getHttpGet().getPath()).matches("/health/(live|ready)");
              });
    }
  }

  private static Stream<Probe> probes(Container container) {
    assertThat(container.getLivenessProbe()).isNotNull();
    assertThat(container.getReadinessProbe()).isNotNull();
    return Stream.of(
            container.getStartupProbe(),
            container.getLivenessProbe(),
            container.getReadinessProbe())
        .filter(Objects::nonNull);
  }

  @Test
  void whatIsMountedIsThereAndSecretsAreNamedInTheDocumentation() throws IOException {
    String documentation = Files.readString(Path.of("docs/deploying.md"));
    for (PodTemplateSpec pod : pods()) {
      PodSpec spec = pod.getSpec();
      Set<String> volumes =
          spec.getVolumes().stream().map(Volume::getName).collect(Collectors.toSet());
      if (pod.equals(pods().get(0))) {
        trainer
            .getSpec()
            .getVolumeClaimTemplates()
            .forEach(claim -> volumes.add(claim.getMetadata().getName()));
      }
      Set<String> mounted = new HashSet<>();
      container(pod).getVolumeMounts().forEach(mount -> mounted.add(mount.getName()));
      assertThat(mounted).isEqualTo(volumes);
      for (Volume volume : spec.getVolumes()) {
        if (volume.getConfigMap() != null) {
          assertThat(OBJECTS).containsKey("ConfigMap/" + volume.getConfigMap().getName());
        }
        if (volume.getSecret() != null) {
          assertThat(documentation).contains(volume.getSecret().getSecretName());
          assertThat(volume.getSecret().getDefaultMode()).isEqualTo(0440);
        }
      }
      container(pod).getEnv().stream()
          .filter(each -> each.getValueFrom() != null)
          .filter(each -> each.getValueFrom().getSecretKeyRef() != null)
          .forEach(
              each ->
                  assertThat(documentation)
                      .contains(each.getValueFrom().getSecretKeyRef().getName()));
      assertThat(spec.getSecurityContext().getRunAsNonRoot()).isTrue();
      assertThat(container(pod).getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
      assertThat(container(pod).getImage()).isEqualTo(container(pods().get(0)).getImage());
    }
  }

  @Test
  void theTrainerStartsWithAConfigurationAndOptionsThatExist() throws IOException {
    Container container = container(pods().get(0));
    Deployed.requireUsage(container.getArgs());
    String run = ((ConfigMap) OBJECTS.get("ConfigMap/tributary-run")).getData().get("run.conf");
    assertThat(container.getArgs()).contains("/etc/tributary/run/run.conf");
    TributaryConfig config = Deployed.configuration(directory, run, Map.of());
    assertThat(config.cluster().orElseThrow().advertisedHost())
        .isEqualTo(trainer.getSpec().getServiceName());
    assertThat(OBJECTS).containsKey("Service/" + trainer.getSpec().getServiceName());
    assertThat(trainer.getSpec().getReplicas()).isEqualTo(1);
    assertThat(grace(pods().get(0))).isGreaterThanOrEqualTo(config.shutdown().grace().plus(END));
    assertThat(config.cluster().orElseThrow().maxNodes())
        .isGreaterThan(all(HorizontalPodAutoscaler.class).get(0).getSpec().getMaxReplicas());
  }

  private static Duration grace(PodTemplateSpec pod) {
    return Duration.ofSeconds(pod.getSpec().getTerminationGracePeriodSeconds());
  }

  @Test
  void workersStartWithOptionsThatExist() {
    List<String> command = container(pods().get(1)).getCommand();
    assertThat(command).hasSize(3).startsWith("bash", "-c");
    List<String> words = Deployed.words(command.get(2));
    Deployed.requireUsage(words);
    assertThat(words.get(words.indexOf("--trainer") + 1))
        .isEqualTo(trainer.getSpec().getServiceName());
    assertThat(words.get(words.indexOf("--host") + 1)).endsWith(".tributary-workers");
    assertThat(OBJECTS).containsKey("Service/tributary-workers");
    assertThat(grace(pods().get(1))).isGreaterThan(WorkerProcess.GRACE.plusSeconds(30));
  }

  @Test
  void theAutoscalerFollowsAMetricThatThereIs() {
    HorizontalPodAutoscaler scaler = all(HorizontalPodAutoscaler.class).get(0);
    assertThat(OBJECTS).containsKey("Deployment/" + scaler.getSpec().getScaleTargetRef().getName());
    assertThat(workers.getSpec().getReplicas()).as("or every apply would set it").isNull();
    ExternalMetricSource external = scaler.getSpec().getMetrics().get(0).getExternal();
    assertThat(external.getMetric().getName())
        .isEqualTo("tributary_" + Metric.SAMPLERS_DESIRED.name().toLowerCase(Locale.ROOT));
    assertThat(external.getTarget().getAverageValue().getAmount()).isEqualTo("1");
    List<String> words = Deployed.words(container(pods().get(1)).getCommand().get(2));
    assertThat(words.get(words.indexOf("--samplers") + 1)).isEqualTo("1");
  }
}
