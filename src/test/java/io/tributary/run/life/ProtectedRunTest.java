package io.tributary.run.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.testing.Http;
import io.tributary.testing.Slow;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.run.RunProcess;
import io.tributary.testing.run.TinyRun;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A run in a process of its own whose callers need a token, and whose steps take long. */
@ExtendWith(TorchExtension.class)
@Slow
class ProtectedRunTest {
  private static final String TOKEN = "NeverToBeSeenAnywhere-4f8b2c";
  private static final String NAME = "guarded";

  @TempDir Path directory;
  private TinyRun tiny;
  private RunProcess process;

  @AfterEach
  void endTheProcess() {
    if (process != null) {
      process.close();
    }
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
            "run.steps=1000000",
            "http.token-file=" + token,
            "samplers.batch-size=1024",
            "partition-function.bootstrap-sequences=1024",
            "learner.batch-size=32768",
            "learner.micro-batch-size=1");
    Http http = process.http();
    String wrong = TOKEN.replace('4', '5');
    for (String path : List.of("/metrics", "/status", "/config")) {
      assertThat(get(http, path, null).statusCode()).isEqualTo(401);
      assertThat(get(http, path, wrong).statusCode()).isEqualTo(401);
      HttpResponse<String> response = get(http, path, TOKEN);
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).doesNotContain(TOKEN);
    }
    assertThat(http.get("/health/live").statusCode()).isEqualTo(200);
    process.until(
        "a batch is learned",
        () ->
            get(http, "/metrics", TOKEN)
                .body()
                .lines()
                .anyMatch(
                    line ->
                        line.startsWith("tributary_stage_inflight_sequences{stage=\"learner\"} ")
                            && !line.endsWith(" 0.0")));

    process.signal("TERM");
    process.until("it is ending", () -> process.output().contains("finishing what is in flight"));
    assertThat(process.isAlive()).isTrue();
    process.signal("TERM");
    assertThat(process.exitCode(Duration.ofSeconds(10))).isEqualTo(143);
    assertThat(tiny.checkpoint(NAME, 1)).doesNotExist();

    assertThat(tiny.output(NAME)).content().doesNotContain(TOKEN);
    try (Stream<Path> files = Files.walk(tiny.home(NAME))) {
      assertThat(files.filter(Files::isRegularFile))
          .isNotEmpty()
          .allSatisfy(file -> assertThat(file).content().doesNotContain(TOKEN));
    }
  }

  private static HttpResponse<String> get(Http http, String path, @Nullable String token)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = http.request(path);
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return http.send(request);
  }
}
