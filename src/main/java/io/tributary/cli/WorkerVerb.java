package io.tributary.cli;

import io.tributary.cli.console.Terminal;
import io.tributary.config.ClusterConfig;
import io.tributary.config.HttpConfig;
import io.tributary.config.binding.ConfigException;
import io.tributary.run.cluster.WorkerConsole;
import io.tributary.run.cluster.WorkerProcess;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Works for a trainer on another machine. */
@Command(
    name = "worker",
    header = "Samples and scores for a trainer on another machine.",
    description = {
      "Joins the cluster of a run, waiting for it if need be, and works for it until it is"
          + " stopped. Model, tokenizer and all other files come from the trainer.",
      "SIGTERM and Ctrl-C: finish what is in progress and leave, exit code 0; a second one ends it"
          + " at once. Exit code 75: the trainer is lost or has sent the worker away, or the"
          + " worker has failed; start it again."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  tributary worker --trainer trainer.example.org --tls tls",
      "with tls/HOST.pem, tls/HOST.key and tls/ca.pem, as the script make-certificates makes them."
    })
final class WorkerVerb extends Verb {
  private static final int DEFAULT_PORT = 17355;
  private static final int MAX_PORT = 65_535;
  private static final Duration HEARTBEAT_PAUSE = Duration.ofSeconds(10);
  private static final Duration STABLE_AFTER = Duration.ofSeconds(20);
  private static final long GIB = 1L << 30;
  private static final Pattern TRAINER = Pattern.compile("([^:]+)(?::(\\d{1,5}))?");
  private static final String LOOPBACK = "localhost|127\\..*";

  /** What a configuration calls the things that a worker has options for. */
  private static final Map<String, String> OPTIONS =
      Map.ofEntries(
          Map.entry("cluster.tls.certificate-file", "--tls-certificate"),
          Map.entry("cluster.tls.key-file", "--tls-key"),
          Map.entry("cluster.tls.ca-file", "--tls-ca"),
          Map.entry("http.tls.certificate-file", "--tls-certificate"),
          Map.entry("http.tls.key-file", "--tls-key"),
          Map.entry("cluster.token-file", "--token-file"),
          Map.entry("cluster.port", "--port"),
          Map.entry("advertised-host", "--host"),
          Map.entry("port", "--port"),
          Map.entry("host", "--bind"),
          Map.entry("http.host", "--http"),
          Map.entry("http.port", "--http"));

  private static final Pattern HTTP = Pattern.compile("(.+):(\\d{1,5})");

  @Option(
      names = "--trainer",
      required = true,
      paramLabel = "HOST[:PORT]",
      description = "The trainer: its cluster.advertised-host and cluster.port (default: 17355).")
  private String trainer = "";

  @Option(
      names = "--tls",
      paramLabel = "FOLDER",
      description =
          "Folder with this machine's certificate NAME.pem and key NAME.key, where NAME is that of"
              + " --host, and with ca.pem. Instead of the three options that follow.")
  private @Nullable Path tls;

  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      description = "PEM: this machine's certificate, for servers and clients.")
  private @Nullable Path certificate;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "PEM: its private key, PKCS #8.")
  private @Nullable Path key;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description = "PEM: certificates of the authorities whose nodes are trusted.")
  private @Nullable Path authorities;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description =
          "Name by which the other nodes reach this machine, and for which its certificate is"
              + " (default: its host name; localhost if the trainer is there).")
  private @Nullable String host;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      defaultValue = "0.0.0.0",
      description = "Address to bind to (default: ${DEFAULT-VALUE}).")
  private String bind = "";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Port of this node; 0: any free one (default).")
  private int port;

  @Option(
      names = "--samplers",
      paramLabel = "N[@DEVICE],...",
      defaultValue = "1",
      converter = SlotDevices.Converter.class,
      description =
          "Number of samplers (default: ${DEFAULT-VALUE}), or how many on which devices, as in"
              + " 2@gpu:0,2@gpu:1.")
  private SlotDevices samplers = new SlotDevices(List.of());

  @Option(
      names = "--scorers",
      paramLabel = "N[@DEVICE],...",
      defaultValue = "1",
      converter = SlotDevices.Converter.class,
      description = "The same for scorers (default: ${DEFAULT-VALUE}).")
  private SlotDevices scorers = new SlotDevices(List.of());

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      description = "cpu, gpu or gpu:N, for those that name no device (default: ${DEFAULT-VALUE}).")
  private String device = "";

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "The trainer's cluster.token-file, if it has one.")
  private @Nullable Path token;

  @Option(
      names = "--cache",
      paramLabel = "FOLDER",
      description =
          "Folder for what is fetched, at most 64 GiB; workers of one machine may share it"
              + " (default: tributary in $XDG_CACHE_HOME or ~/.cache).")
  private @Nullable Path cache;

  @Option(
      names = "--http",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:0",
      description =
          "Address and port of /metrics and /health (default: any free port, for programs on this"
              + " machine only). Where other machines can call, it is encrypted with this"
              + " machine's certificate, and /metrics wants a token.")
  private String http = "";

  @Option(
      names = "--http-token-file",
      paramLabel = "FILE",
      description = "That token (default: the environment variable TRIBUTARY_HTTP_TOKEN).")
  private @Nullable Path httpTokenFile;

  @Override
  public Integer call() throws InterruptedException {
    if (samplers.devices().isEmpty() && scorers.devices().isEmpty()) {
      throw badUsage("--samplers=0 --scorers=0: expected at least one");
    }
    if (!SlotDevices.isDevice(device)) {
      throw badUsage("--device=%s: expected cpu, gpu or gpu:N".formatted(device));
    }
    Matcher address = TRAINER.matcher(trainer);
    if (!address.matches()
        || (address.group(2) != null && Integer.parseInt(address.group(2)) > MAX_PORT)) {
      throw badUsage("--trainer=%s: expected HOST or HOST:PORT".formatted(trainer));
    }
    ClusterConfig.Node node = node(address.group(1));
    WorkerProcess.Settings settings =
        new WorkerProcess.Settings(
            node,
            http(node),
            address.group(1),
            address.group(2) == null ? DEFAULT_PORT : Integer.parseInt(address.group(2)),
            samplers.or(device),
            scorers.or(device),
            device,
            Optional.ofNullable(token).map(file -> file("--token-file", file)),
            cache == null ? defaultCache() : cache,
            64 * GIB,
            Version.number());
    WorkerConsole console =
        new WorkerConsole(out(), Terminal.isStandardOutput(), Clock.system(ZoneId.systemDefault()));
    try {
      return showing(console, () -> new WorkerProcess(settings, console).run());
    } catch (ConfigException e) {
      throw new ConfigException(inOptions(e), e);
    }
  }

  private ClusterConfig.Node node(String trainerHost) {
    String name = host != null ? host : trainerHost.matches(LOOPBACK) ? trainerHost : ownName();
    ClusterConfig.Tls files = files(name);
    try {
      return new ClusterConfig.Node(bind, port, name, HEARTBEAT_PAUSE, STABLE_AFTER, files);
    } catch (IllegalArgumentException e) {
      throw badUsage(inOptions(e));
    }
  }

  /** Where other machines can call, it is encrypted, with the certificate of the node. */
  private HttpConfig http(ClusterConfig.Node node) {
    Matcher address = HTTP.matcher(http);
    try {
      if (!address.matches() || Integer.parseInt(address.group(2)) > MAX_PORT) {
        throw badUsage("--http=%s: expected HOST:PORT".formatted(http));
      }
      boolean here = InetAddress.getByName(address.group(1)).isLoopbackAddress();
      return new HttpConfig(
          address.group(1),
          Integer.parseInt(address.group(2)),
          here ? List.of() : List.of(node.advertisedHost()),
          Optional.ofNullable(httpTokenFile).map(Path::toAbsolutePath),
          false,
          here
              ? new HttpConfig.Tls(Optional.empty(), Optional.empty())
              : new HttpConfig.Tls(
                  Optional.of(node.tls().certificateFile()), Optional.of(node.tls().keyFile())));
    } catch (UnknownHostException e) {
      throw badUsage("--http=%s: no host or address of this machine".formatted(http));
    }
  }

  private ClusterConfig.Tls files(String name) {
    if (tls == null && certificate != null && key != null && authorities != null) {
      return new ClusterConfig.Tls(
          file("--tls-certificate", certificate),
          file("--tls-key", key),
          file("--tls-ca", authorities));
    }
    if (tls == null || certificate != null || key != null || authorities != null) {
      throw badUsage(
          "expected either --tls, or all of --tls-certificate, --tls-key and --tls-ca: nodes show"
              + " each other certificates");
    }
    return new ClusterConfig.Tls(
        file("--tls", tls.resolve(name + ".pem")),
        file("--tls", tls.resolve(name + ".key")),
        file("--tls", tls.resolve("ca.pem")));
  }

  private Path file(String option, Path file) {
    if (!Files.isRegularFile(file)) {
      throw badUsage("%s: there is no file %s".formatted(option, file));
    }
    return file.toAbsolutePath();
  }

  /** What goes wrong is said in the words of a configuration, which a worker has none of. */
  private static String inOptions(RuntimeException e) {
    String message = String.valueOf(e.getMessage());
    return OPTIONS.keySet().stream()
        .filter(named -> message.matches("(?s)" + Pattern.quote(named) + "[: ].*"))
        .findFirst()
        .map(named -> OPTIONS.get(named) + message.substring(named.length()))
        .orElse(message)
        .replace("http.token-file", "--http-token-file");
  }

  private static Path defaultCache() {
    String folder = System.getenv("XDG_CACHE_HOME");
    return folder == null || folder.isBlank()
        ? Path.of(System.getProperty("user.home"), ".cache", "tributary")
        : Path.of(folder, "tributary");
  }

  private String ownName() {
    try {
      return InetAddress.getLocalHost().getCanonicalHostName();
    } catch (UnknownHostException e) {
      throw badUsage("--host: the name of this machine is unknown, give it");
    }
  }
}
