package io.tributary.run.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.run.TinyRun;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A run in a process of its own whose callers need a token, and whose steps take long. */
@ExtendWith(TorchExtension.class)
@Slow
class ProtectedRunTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String TOKEN = "NeverToBeSeenAnywhere-4f8b2c";
  private static final String NAME = "guarded";

  @TempDir Path directory;
  private final HttpClient client = HttpClient.newHttpClient();
  private TinyRun tiny;
  private Process process;

  @AfterEach
  void endTheProcess() throws InterruptedException {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
  }

  private void until(Callable<Boolean> condition) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .failFast("the process has ended", () -> !process.isAlive())
        .until(condition);
  }

  private void terminate() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-TERM", Long.toString(process.pid())).start().waitFor();
  }

  @Test
  void theTokenIsNeverShownAndASecondSignalEndsARunThatIsEnding() throws Exception {
    tiny = new TinyRun(directory);
    Path token =
        Files.createFile(
            directory.resolve("token"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(token, TOKEN + "\n");
    process =
        tiny.start(
            NAME,
            "--verbose",
            "-D",
            "run.steps=1000000",
            "-D",
            "http.token-file=" + token,
            "-D",
            "samplers.batch-size=1024",
            "-D",
            "partition-function.bootstrap-sequences=1024",
            "-D",
            "learner.batch-size=32768",
            "-D",
            "learner.micro-batch-size=1");
    until(() -> uri() != null);
    String wrong = TOKEN.replace('4', '5');
    for (String path : List.of("/metrics", "/status", "/config")) {
      assertThat(get(path, null).statusCode()).isEqualTo(401);
      assertThat(get(path, wrong).statusCode()).isEqualTo(401);
      HttpResponse<String> response = get(path, TOKEN);
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).doesNotContain(TOKEN);
    }
    assertThat(get("/health/live", null).statusCode()).isEqualTo(200);
    until(
        () ->
            get("/metrics", TOKEN)
                .body()
                .lines()
                .anyMatch(
                    line ->
                        line.startsWith("tributary_stage_inflight_sequences{stage=\"learner\"} ")
                            && !line.endsWith(" 0.0")));

    terminate();
    until(() -> Files.readString(tiny.output(NAME)).contains("finishing what is in flight"));
    assertThat(process.isAlive()).isTrue();
    terminate();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(143);
    assertThat(tiny.checkpoint(NAME, 1)).doesNotExist();

    assertThat(tiny.output(NAME)).content().doesNotContain(TOKEN);
    try (Stream<Path> files = Files.walk(tiny.home(NAME))) {
      assertThat(files.filter(Files::isRegularFile))
          .isNotEmpty()
          .allSatisfy(file -> assertThat(file).content().doesNotContain(TOKEN));
    }
  }

  private URI uri() throws IOException {
    Matcher line =
        Pattern.compile("run " + NAME + ": (http://\\S+),")
            .matcher(Files.readString(tiny.output(NAME)));
    return line.find() ? URI.create(line.group(1)) : null;
  }

  private HttpResponse<String> get(String path, String token)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri().resolve(path));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
