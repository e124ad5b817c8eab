package io.tributary.run.cluster;

import io.tributary.cluster.membership.ClusterSystem;
import io.tributary.cluster.membership.NodeWatch;
import io.tributary.cluster.remote.DrawAudit;
import io.tributary.cluster.remote.Leases;
import io.tributary.cluster.remote.NodeNote;
import io.tributary.cluster.remote.NodeRecords;
import io.tributary.cluster.remote.NodeRequest;
import io.tributary.cluster.remote.Nodes;
import io.tributary.cluster.remote.RemoteWorker;
import io.tributary.cluster.remote.WeightFiles;
import io.tributary.cluster.transfer.BearerToken;
import io.tributary.cluster.transfer.FileServer;
import io.tributary.cluster.transfer.FileStore;
import io.tributary.cluster.transfer.Manifest;
import io.tributary.cluster.transfer.ServerLimits;
import io.tributary.cluster.transfer.TlsSockets;
import io.tributary.cluster.wire.ToNode;
import io.tributary.cluster.wire.ToTrainer;
import io.tributary.config.ClusterConfig;
import io.tributary.config.PortableConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.config.tls.RenewedTls;
import io.tributary.data.BadInputException;
import io.tributary.data.RunFailedException;
import io.tributary.data.Sequence;
import io.tributary.data.WeightSnapshot;
import io.tributary.metrics.Label.RefusalReason;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.NodeStatus;
import io.tributary.run.assembly.TrainingParts;
import io.tributary.stage.sample.ProposalScoring;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the trainer of a cluster has besides its run: a register of nodes, and files for them. */
public final class TrainerCluster implements Nodes.Admission {
  private static final Logger LOG = LoggerFactory.getLogger(TrainerCluster.class);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SECRET_BYTES = 32;
  private static final int KEPT_VERSIONS = 3;

  /** Artery's usual frame is 256 KiB. */
  private static final int MOST_OF_WELCOME = 240 << 10;

  private static final Duration STOP = Duration.ofSeconds(30);

  /** Draws and scores are large, whatever else nodes tell each other is not. */
  static final ClusterSystem.LargeMessages LARGE =
      new ClusterSystem.LargeMessages(
          List.of("/system/" + Nodes.NAME + "/*/*", "/system/node/*"),
          ClusterConfig.LARGEST_MESSAGE);

  private final Consumer<String> operator;
  private final TributaryConfig config;
  private final ClusterConfig cluster;
  private final FileStore store;
  private final FileServer server;
  private final List<Manifest> files;
  private final String configuration;
  private final String secret;
  private final String numerics;
  private final RunToken token;
  private final NodeRecords records;
  private final Consumer<NodeNote> notes;
  private final TrainingParts parts;
  private @Nullable ActorRef<Object> register;
  private @Nullable DrawAudit audit;
  private final Leases leases = new Leases(RANDOM.nextLong());
  private volatile boolean ended;

  /**
   * Reads and offers what workers need, and finds out which class of arithmetic this machine has.
   *
   * @param folder for weights
   * @param metrics of the run
   * @param operator is told in a line what happens to nodes; must not block
   * @param notes is told what becomes of nodes; may block
   * @throws BadInputException if an input can't be read or the port of the files can't be bound
   */
  public TrainerCluster(
      TributaryConfig config,
      ClusterConfig cluster,
      TrainingParts parts,
      Path folder,
      RunMetrics metrics,
      Consumer<String> operator,
      Consumer<NodeNote> notes) {
    this.operator =
        event -> {
          if (!ended) { // then all nodes leave
            operator.accept(event);
          }
        };
    this.notes = notes;
    this.parts = parts;
    this.config = config;
    this.records = new NodeRecords(metrics, System::nanoTime);
    this.cluster = cluster;
    this.token = RunToken.read("cluster.token-file", cluster.tokenFile());
    PortableConfig portable = PortableConfig.of(config);
    this.configuration = portable.hocon();
    byte[] random = new byte[SECRET_BYTES];
    RANDOM.nextBytes(random);
    this.secret = HexFormat.of().formatHex(random);
    try {
      this.store = FileStore.open(folder, KEPT_VERSIONS);
      this.files = RunInputs.offer(portable.inputs(), store);
      requireRoom();
      this.server =
          FileServer.start(
              new InetSocketAddress(cluster.host(), cluster.filesPort()),
              store::find,
              BearerToken.of(secret),
              new TlsSockets(new RenewedTls(cluster.tls(), cluster.advertisedHost())),
              ServerLimits.standard(cluster.uploadBytesPerSecond(), cluster.maxNodes()));
    } catch (IOException e) {
      throw new BadInputException("cluster.files-port: " + e.getMessage(), e);
    }
    this.numerics = NumericsProbe.of(parts);
    LOG.info("this trainer computes in class {}", numerics);
  }

  /** A worker is welcomed with one message that is not among the large ones. */
  private void requireRoom() {
    long bytes =
        configuration.getBytes(StandardCharsets.UTF_8).length
            + files.stream().mapToLong(file -> 320 + 32L * file.chunks().size()).sum();
    if (bytes > MOST_OF_WELCOME) {
      throw new BadInputException(
          "cluster: configuration and list of %d input files take %,d bytes, workers can be told %,d; the files of model.base are too large, or lists of words are in the configuration that should be in files"
              .formatted(files.size(), bytes, MOST_OF_WELCOME));
    }
  }

  /**
   * The actor system of the trainer.
   *
   * @param failed is told if the cluster can't go on; must not block
   */
  public <T> ActorSystem<T> start(Behavior<T> guardian, Consumer<RunFailedException> failed) {
    ActorSystem<T> system =
        ClusterSystem.ofTrainer(cluster.node(), LARGE, cluster.maxNodes()).start(guardian);
    var blocking = system.dispatchers().lookup(DispatcherSelector.blocking());
    ActorRef<RemoteWorker.Publish> weights =
        system.systemActorOf(
            WeightFiles.create(this::publish, blocking), "weight-files", Props.empty());
    ActorRef<NodeNote> writer =
        system.systemActorOf(
            Behaviors.receiveMessage(
                note -> {
                  if (!ended) { // then all nodes leave
                    notes.accept(note);
                  }
                  return Behaviors.same();
                }),
            "node-notes",
            DispatcherSelector.blocking());
    DrawAudit checks =
        new DrawAudit(cluster.audit(), config.run().seed(), this::scoring, writer::tell);
    audit = checks;
    ActorRef<Object> started =
        system.systemActorOf(
            Nodes.create(
                this, leases, weights, cluster.maxNodes(), records, operator, writer, checks),
            Nodes.NAME,
            Props.empty());
    register = started;
    ActorRef<?> watch =
        system.systemActorOf(NodeWatch.create(started), "node-watch", Props.empty());
    VitalActors.watch(
        system,
        List.of(weights, writer, started, watch),
        name -> {
          if (!ended) {
            failed.accept(
                new RunFailedException(
                    "the actor %s of the cluster has failed, see the log; continue with --resume"
                        .formatted(name)));
          }
        });
    return system;
  }

  private DrawAudit.Scoring scoring() {
    ProposalScoring own = parts.proposalScoring();
    return new DrawAudit.Scoring() {
      @Override
      public double[] logProposals(WeightSnapshot proposal, List<Sequence> sequences) {
        return own.logProposals(proposal, sequences);
      }

      @Override
      public void close() {
        own.close();
      }
    };
  }

  /** Asks something of nodes; it is answered at once. */
  public void ask(NodeRequest request) {
    if (register != null) {
      register.tell(request);
    }
  }

  /** The present nodes. */
  public Supplier<List<NodeStatus>> nodes() {
    return records;
  }

  /** Where workers find the trainer: {@code HOST:PORT}. */
  public String address(ActorSystem<?> system) {
    return cluster.advertisedHost() + ":" + ClusterSystem.port(system);
  }

  /** Stops a node's system in order, and waits for it for at most half a minute. */
  static void stopped(ActorSystem<?> system) {
    try {
      ClusterSystem.stop(system).toCompletableFuture().get(STOP.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("some actors have not stopped; a native call may hang");
    }
  }

  private Manifest publish(WeightSnapshot weights) {
    try {
      return store.publish(weights);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Optional<Nodes.Refusal> objection(ToTrainer.Hello hello) {
    if (protocol(hello).isPresent()) {
      return token
          .objection(hello.token())
          .map(text -> new Nodes.Refusal(RefusalReason.TOKEN, text));
    }
    return Optional.of(
        new Nodes.Refusal(
            RefusalReason.PROTOCOL,
            "the worker (%s) speaks protocols %d to %d, this trainer %d to %d"
                .formatted(
                    hello.build(),
                    hello.oldestProtocol(),
                    hello.newestProtocol(),
                    ToTrainer.OLDEST_PROTOCOL,
                    ToTrainer.NEWEST_PROTOCOL)));
  }

  private static OptionalInt protocol(ToTrainer.Hello hello) {
    return hello.protocolWith(ToTrainer.OLDEST_PROTOCOL, ToTrainer.NEWEST_PROTOCOL);
  }

  @Override
  public ToNode.Welcome welcome(ToTrainer.Hello hello) {
    return new ToNode.Welcome(
        leases.epoch(),
        protocol(hello).orElseThrow(),
        config.run().name(),
        configuration,
        files,
        URI.create("https://%s:%d".formatted(cluster.advertisedHost(), server.port())).toString(),
        secret,
        cluster.acceptableHeartbeatPause(),
        cluster.stableAfter());
  }

  @Override
  public Optional<Nodes.Refusal> objection(ToTrainer.Ready ready) {
    return cluster.numerics() == ClusterConfig.Numerics.MIXED || isAlike(ready)
        ? Optional.empty()
        : Optional.of(
            new Nodes.Refusal(
                RefusalReason.NUMERICS,
                "it computes in class %s, this trainer in class %s, and cluster.numerics = strict"
                    .formatted(ready.numerics(), numerics)));
  }

  @Override
  public boolean isAlike(ToTrainer.Ready ready) {
    return ready.numerics().equals(numerics);
  }

  /** Leaves the cluster, and stops all actors and the server of files. */
  public void stop(ActorSystem<?> system) {
    ended = true;
    stopped(system);
    if (audit != null) {
      audit.close();
    }
    try {
      server.close();
    } catch (IOException e) {
      LOG.debug("the server of files was not closed in order", e);
    }
  }
}
