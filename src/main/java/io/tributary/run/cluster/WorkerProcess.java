package io.tributary.run.cluster;

import io.tributary.cluster.membership.ClusterSystem;
import io.tributary.cluster.membership.TrainerEvent;
import io.tributary.cluster.membership.TrainerWatch;
import io.tributary.cluster.remote.Nodes;
import io.tributary.cluster.slot.Slot;
import io.tributary.cluster.slot.SlotWork;
import io.tributary.cluster.slot.WeightCache;
import io.tributary.cluster.transfer.CacheFolder;
import io.tributary.cluster.transfer.TlsSockets;
import io.tributary.cluster.wire.SlotKind;
import io.tributary.cluster.wire.ToNode;
import io.tributary.cluster.wire.ToTrainer;
import io.tributary.config.ClusterConfig;
import io.tributary.config.HttpConfig;
import io.tributary.config.PortableConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.config.tls.RenewedTls;
import io.tributary.data.BadInputException;
import io.tributary.io.PrivateFolder;
import io.tributary.metrics.WorkClock;
import io.tributary.run.assembly.TrainingParts;
import io.tributary.serve.HttpService;
import io.tributary.stage.sample.Sampler;
import io.tributary.stage.score.Scorer;
import io.tributary.tensor.NativeHeap;
import io.tributary.tensor.Torch;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/** The process of a worker: samplers and scorers for a trainer on another machine. */
public final class WorkerProcess {
  private static final DispatcherSelector PINNED =
      DispatcherSelector.fromConfig("tributary-native");

  private static final Duration LAST_ANSWERS = Duration.ofSeconds(1);

  /** Longest time that a signal waits for what is in progress. */
  public static final Duration GRACE = Duration.ofMinutes(2);

  private final Settings settings;
  private final WorkerConsole console;
  private final WorkerReport report = new WorkerReport();
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();
  private final CompletableFuture<Boolean> closed = new CompletableFuture<>();
  private volatile @Nullable ActorRef<Object> node;
  private volatile @Nullable ActorRef<TrainerWatch.Command> watch;

  /**
   * What a worker is told by its operator.
   *
   * @param node how it is part of the cluster
   * @param http where it serves metrics and health
   * @param samplers devices of the samplers to begin with, one each
   * @param scorers devices of the scorers to begin with, one each
   * @param device of what it has none to begin with, and shall have later
   * @param tokenFile token of the run, if it has one
   * @param cache folder for what it fetches
   * @param cacheBytes what the folder may hold
   * @param build version of the program
   */
  public record Settings(
      ClusterConfig.Node node,
      HttpConfig http,
      String trainerHost,
      int trainerPort,
      List<String> samplers,
      List<String> scorers,
      String device,
      Optional<Path> tokenFile,
      Path cache,
      long cacheBytes,
      String build) {
    public Settings {
      samplers = List.copyOf(samplers);
      scorers = List.copyOf(scorers);
    }

    private List<String> devices(SlotKind kind) {
      List<String> given = kind == SlotKind.SAMPLER ? samplers : scorers;
      return given.isEmpty() ? List.of(device) : given;
    }
  }

  private record Cache(CacheFolder files, InputLinks inputs) {}

  /** A worker that tells {@code console} what it is at. */
  public WorkerProcess(Settings settings, WorkerConsole console) {
    this.settings = settings;
    this.console = console;
  }

  /**
   * Works until it is drained by a signal or has lost its trainer.
   *
   * @return exit code of the process
   */
  public int run() {
    RunToken token = RunToken.read("cluster.token-file", settings.tokenFile());
    Cache cache = cache();
    HttpService http = serve();
    http.whenItEnds(() -> failed("HTTP server"));
    try {
      return run(token, cache, metricsOf(http));
    } finally {
      exit.cancel(false); // what ends from now on is no failure
      http.stop(LAST_ANSWERS).toCompletableFuture().join();
    }
  }

  private Cache cache() {
    try {
      PrivateFolder.open(settings.cache());
      return new Cache(
          CacheFolder.open(settings.cache().resolve("files"), settings.cacheBytes()),
          InputLinks.open(settings.cache().resolve("inputs")));
    } catch (IOException e) {
      throw new BadInputException(
          "--cache: %s can't be used: %s".formatted(settings.cache(), e), e);
    }
  }

  private HttpService serve() {
    try {
      HttpService started =
          HttpService.start(settings.http(), report.metrics(), report).toCompletableFuture().join();
      console.tell("metrics and health at " + started.uri());
      return started;
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** Where others reach the metrics: a loopback address is of use on the trainer's machine only. */
  private String metricsOf(HttpService http) {
    InetSocketAddress bound = http.address();
    String host = settings.node().advertisedHost();
    if (bound.getAddress().isLoopbackAddress()) {
      return host.equals(settings.trainerHost()) ? http.uri() + "/metrics" : "";
    }
    return "%s://%s:%d/metrics".formatted(http.uri().getScheme(), host, bound.getPort());
  }

  private int run(RunToken token, Cache cache, String metrics) {
    ActorSystem<Void> system =
        ClusterSystem.ofWorker(settings.node(), TrainerCluster.LARGE).start(Behaviors.empty());
    ClusterSystem.whenItEnds(system, () -> failed("system"));
    TrainerProbe probe =
        new TrainerProbe(
            settings.trainerHost(),
            settings.trainerPort(),
            this::sockets,
            settings.node().advertisedHost());
    console.searches(probe.trainer());
    try {
      ActorRef<ToTrainer> trainer =
          ActorRefResolver.get(system)
              .resolveActorRef(
                  "pekko://tributary@%s:%d/system/%s"
                      .formatted(settings.trainerHost(), settings.trainerPort(), Nodes.NAME));
      ActorRef<Object> started =
          system.systemActorOf(
              WorkerNode.create(
                  trainer,
                  settings.build(),
                  token.text(),
                  metrics,
                  report,
                  welcome -> prepare(welcome, cache, system),
                  probe::obstacle,
                  console,
                  exit),
              "node",
              Props.empty());
      node = started;
      ActorRef<TrainerWatch.Command> watching =
          system.systemActorOf(
              TrainerWatch.create(
                  settings.node(), settings.trainerHost(), settings.trainerPort(), started),
              "trainer-watch",
              Props.empty());
      watch = watching;
      VitalActors.watch(system, List.of(started, watching), this::actorFailed);
      ClusterSystem.onSignal(system, this::drain);
      return exit.join();
    } finally {
      TrainerCluster.stopped(system);
      closed.complete(true);
    }
  }

  /** A part has ended; unless that is the end of all, the process is to be started again. */
  private void failed(String part) {
    if (exit.complete(TrainerEvent.TrainerLost.EXIT_CODE)) {
      console.tell("its %s has failed, see the log".formatted(part));
    }
  }

  private void actorFailed(String actor) {
    failed("actor " + actor);
  }

  private TlsSockets sockets() {
    return new TlsSockets(new RenewedTls(settings.node().tls(), settings.node().advertisedHost()));
  }

  private WorkerNode.Prepared prepare(ToNode.Welcome welcome, Cache cache, ActorSystem<?> system) {
    ActorRef<TrainerWatch.Command> watching = watch;
    if (watching != null) {
      watching.tell(
          new TrainerWatch.Patience(welcome.acceptableHeartbeatPause(), welcome.stableAfter()));
    }
    WorkerFiles files =
        new WorkerFiles(
            cache.files(), sockets(), welcome, cache.inputs(), console, report.metrics());
    TributaryConfig config =
        PortableConfig.load(
            welcome.configuration(),
            files.inputs(welcome.files()),
            settings.devices(SlotKind.SAMPLER),
            settings.devices(SlotKind.SCORER));
    Torch.load(config.nativeLibrary()); // as on the trainer: the bits depend on its threads
    NativeHeap.usedBytes().ifPresent(report.metrics()::nativeTensorBytes);
    TrainingParts parts = new TrainingParts(config);
    ActorRef<WeightCache.Fetch> weights =
        system.systemActorOf(
            WeightCache.create(
                (wanted, arriving) -> files.weights(wanted, arriving, parts.model()),
                system.dispatchers().lookup(DispatcherSelector.blocking())),
            "weights",
            Props.empty());
    VitalActors.watch(system, List.of(weights), this::actorFailed);
    return new WorkerNode.Prepared(
        NumericsProbe.of(
            parts, settings.devices(SlotKind.SAMPLER), settings.devices(SlotKind.SCORER)),
        settings.samplers().size(),
        settings.scorers().size(),
        (kind, place) -> plan(kind, place, parts, weights));
  }

  private WorkerSlots.Plan plan(
      SlotKind kind, int place, TrainingParts parts, ActorRef<WeightCache.Fetch> weights) {
    List<String> devices = settings.devices(kind);
    int turn = place % devices.size();
    return new WorkerSlots.Plan(
        devices.get(turn),
        kind == SlotKind.SAMPLER
            ? Slot.create(
                SlotWork.sampling(report),
                () -> Sampler.create(() -> parts.sampling(turn), WorkClock::new),
                weights,
                PINNED)
            : Slot.create(
                SlotWork.scoring(report),
                () -> Scorer.create(() -> parts.scoring(turn), WorkClock::new),
                null,
                PINNED));
  }

  private void drain() {
    ActorRef<Object> started = node;
    if (started != null && !exit.isDone()) {
      started.tell(WorkerNode.Drain.INSTANCE);
      if (!closed.completeOnTimeout(false, GRACE.toSeconds(), TimeUnit.SECONDS).join()) {
        console.tell(
            "not finished after %d s: what is in progress is left to other workers"
                .formatted(GRACE.toSeconds()));
      }
      console.finish();
      Runtime.getRuntime().halt(0); // by itself, the process would end with the signal's code
    }
  }
}
