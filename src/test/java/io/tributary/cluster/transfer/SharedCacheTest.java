package io.tributary.cluster.transfer;

import static io.tributary.testing.Waiting.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.testing.JavaProcess;
import io.tributary.testing.Slow;
import io.tributary.testing.cluster.Relay;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that share a cache folder, and one that is killed. */
@Slow
class SharedCacheTest {
  private static final int SIZE = 100 * TestFiles.CHUNK;

  @TempDir Path directory;
  private Path file;
  private Path folder;
  private Manifest manifest;
  private FileServer server;
  private Relay relay;
  private final List<Process> processes = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    file = TestFiles.random(directory.resolve("file"), SIZE);
    folder = directory.resolve("cache");
    manifest = TestFiles.manifest(file);
    server = TestFiles.serve(manifest, file);
    relay = new Relay(server.port());
  }

  @AfterEach
  void stop() throws IOException {
    processes.forEach(Process::destroyForcibly);
    relay.close();
    server.close();
  }

  private Process fetcher() throws IOException {
    Process process =
        JavaProcess.of(
                FetchProcess.class.getName(),
                List.of(file.toString(), String.valueOf(relay.port()), folder.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    processes.add(process);
    return process;
  }

  private static String line(Process process) throws IOException {
    return new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8)).readLine();
  }

  @Test
  void twoProcessesFetchAFileOnceAndHoldItTogether() throws Exception {
    Process first = fetcher();
    Process second = fetcher();

    assertThat(line(first)).isEqualTo(manifest.id());
    assertThat(line(second)).isEqualTo(manifest.id());
    assertThat(server.stats().bytes()).isEqualTo(SIZE);

    CacheFolder here = CacheFolder.open(folder, SIZE);
    assertThat(here.tryWrite(manifest)).isEmpty();
    here.use(manifest).orElseThrow().close();
    assertThat(here.tryWrite(manifest)).isEmpty();
    end(first);
    assertThat(here.tryWrite(manifest)).isEmpty();
    end(second);
    here.tryWrite(manifest).orElseThrow().close();
  }

  private static void end(Process process) throws Exception {
    process.getOutputStream().close();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void aProcessGoesOnWhereAKilledOneWas() throws Exception {
    server.setUploadLimit(SIZE);
    Process killed = fetcher();
    until("half of it is there", killed::isAlive, () -> server.stats().bytes() > SIZE / 2);
    killed.destroyForcibly().waitFor();
    server.setUploadLimit(0);

    assertThat(line(fetcher())).isEqualTo(manifest.id());
    // lost: what was in flight, in two chunks, and on its way
    assertThat(server.stats().bytes()).isLessThan(SIZE + SIZE / 2 - TestFiles.CHUNK);
  }
}
