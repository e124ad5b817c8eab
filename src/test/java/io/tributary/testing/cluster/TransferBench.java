package io.tributary.testing.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.management.OperatingSystemMXBean;
import io.tributary.cluster.transfer.BearerToken;
import io.tributary.cluster.transfer.CacheFolder;
import io.tributary.cluster.transfer.CachedFile;
import io.tributary.cluster.transfer.FetchSettings;
import io.tributary.cluster.transfer.FileFetcher;
import io.tributary.cluster.transfer.FileServer;
import io.tributary.cluster.transfer.FileStore;
import io.tributary.cluster.transfer.Manifest;
import io.tributary.cluster.transfer.ServerLimits;
import io.tributary.cluster.transfer.TlsSockets;
import io.tributary.config.ClusterConfig;
import io.tributary.config.tls.MutualTls;
import io.tributary.data.Fingerprint;
import io.tributary.data.TensorBytes;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.io.LastingFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Measures how long weights take to other processes of this machine, and the processor time of both
 * ends: {@code TransferBench FOLDER MEGABYTES}; the folder is emptied first. Each fetching process
 * fetches three times into an empty folder; the first time its code is not compiled yet.
 */
public final class TransferBench {
  private static final BearerToken TOKEN = BearerToken.of("a-token-for-this-benchmark");
  private static final int ROUNDS = 3;

  private TransferBench() {}

  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case "serve" -> serve(Path.of(arguments[1]), identity(arguments[2]));
      case "fetch" ->
          fetch(
              Path.of(arguments[1]),
              Path.of(arguments[2]),
              URI.create(arguments[3]),
              identity(arguments[4]),
              Integer.parseInt(arguments[5]));
      default -> measure(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
    }
  }

  private static void measure(Path folder, int megabytes) throws Exception {
    LastingFiles.delete(folder);
    Files.createDirectories(folder);
    Path file = publish(folder, megabytes);
    TestAuthority authority = new TestAuthority(folder);
    authority.issue("node", "dns:localhost");
    System.out.println(
        "scheme fetchers parallel: seconds of each round; CPU seconds server, fetchers");
    for (String scheme : List.of("http", "https")) {
      for (int parallel : List.of(1, 2, 4)) {
        measure(folder, file, scheme, 1, parallel);
      }
      measure(folder, file, scheme, 8, 1);
      measure(folder, file, scheme, 8, 2);
    }
  }

  private static Path publish(Path folder, int megabytes) throws IOException {
    Random random = new Random(1);
    List<TensorBytes> tensors =
        IntStream.range(0, megabytes / 4)
            .mapToObj(
                i -> {
                  byte[] bytes = new byte[4_000_000];
                  random.nextBytes(bytes);
                  return new TensorBytes("tensor." + i, new long[] {1_000_000}, bytes);
                })
            .toList();
    WeightVersion version = new WeightVersion(1, Fingerprint.of(tensors.subList(0, 1)));
    FileStore store = FileStore.open(folder.resolve("weights"), 1);
    double cpu = cpuSeconds();
    long start = System.nanoTime();
    Manifest manifest = store.publish(new WeightSnapshot(version, tensors));
    System.out.printf(
        "publish %,d bytes: %.2f s, CPU %.2f s%n",
        manifest.size(), seconds(start), cpuSeconds() - cpu);
    return store.find(manifest.id()).orElseThrow();
  }

  private static void measure(Path folder, Path file, String scheme, int fetchers, int parallel)
      throws Exception {
    String tls = scheme.equals("https") ? folder.toString() : "-";
    Process server = start("serve", file.toString(), tls);
    BufferedReader answers = lines(server);
    PrintStream questions = new PrintStream(server.getOutputStream(), true, US_ASCII);
    String uri = scheme + "://localhost:" + answers.readLine();
    List<Process> processes = new ArrayList<>();
    List<BufferedReader> outputs = new ArrayList<>();
    for (int i = 0; i < fetchers; i++) {
      String cache = folder.resolve("cache-" + i).toString();
      Process fetcher = start("fetch", file.toString(), cache, uri, tls, String.valueOf(parallel));
      processes.add(fetcher);
      outputs.add(lines(fetcher));
    }
    StringBuilder row = new StringBuilder();
    for (BufferedReader output : outputs) {
      output.readLine();
    }
    for (int round = 0; round < ROUNDS; round++) {
      questions.println();
      double serverCpu = Double.parseDouble(answers.readLine());
      double fetcherCpu = 0;
      long start = System.nanoTime();
      for (Process fetcher : processes) {
        fetcher.getOutputStream().write('\n');
        fetcher.getOutputStream().flush();
      }
      for (BufferedReader output : outputs) {
        fetcherCpu += Double.parseDouble(output.readLine());
      }
      double seconds = seconds(start);
      questions.println();
      serverCpu = Double.parseDouble(answers.readLine()) - serverCpu;
      row.append("  %.2f s (CPU %.2f, %.2f)".formatted(seconds, serverCpu, fetcherCpu));
    }
    System.out.printf("%-5s %d %d:%s%n", scheme, fetchers, parallel, row);
    for (Process process : processes) {
      process.getOutputStream().close();
      process.waitFor();
    }
    server.getOutputStream().close();
    server.waitFor();
  }

  private static void serve(Path file, @Nullable TlsSockets tls) throws IOException {
    try (FileServer server =
        FileServer.start(
            new InetSocketAddress("localhost", 0),
            id -> Optional.of(file),
            TOKEN,
            tls,
            ServerLimits.standard(0, 8))) {
      System.out.println(server.port());
      while (System.in.read() >= 0) {
        System.out.println(cpuSeconds());
      }
    }
  }

  private static void fetch(
      Path file, Path folder, URI source, @Nullable TlsSockets tls, int parallel) throws Exception {
    Manifest manifest = Manifest.of("weights", file);
    FetchSettings standard = FetchSettings.standard(Duration.ofMinutes(1));
    FetchSettings settings =
        new FetchSettings(
            parallel,
            standard.connectTimeout(),
            standard.readTimeout(),
            standard.patience(),
            standard.firstPause(),
            standard.longestPause());
    System.out.println("ready");
    while (System.in.read() >= 0) {
      double cpu = cpuSeconds();
      CacheFolder cache = CacheFolder.open(folder, Long.MAX_VALUE);
      try (CachedFile cached =
          new FileFetcher(cache, TOKEN, tls, settings)
              .fetch(manifest, List.of(source), bytes -> {})) {
        System.out.println(cpuSeconds() - cpu);
        Files.delete(cached.path());
      }
    }
    LastingFiles.delete(folder);
  }

  private static @Nullable TlsSockets identity(String folder) {
    return folder.equals("-")
        ? null
        : new TlsSockets(
            () ->
                MutualTls.read(
                    "tls",
                    new ClusterConfig.Tls(
                        Path.of(folder, "node.pem"),
                        Path.of(folder, "node-key.pem"),
                        Path.of(folder, "ca.pem"))));
  }

  private static Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path")));
    command.add(TransferBench.class.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static BufferedReader lines(Process process) {
    return new BufferedReader(new InputStreamReader(process.getInputStream(), US_ASCII));
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static double cpuSeconds() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime()
        / 1e9;
  }
}
