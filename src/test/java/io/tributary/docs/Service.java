package io.tributary.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.testing.Http;
import io.tributary.testing.Waiting;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A run in this process that goes on until it is drained. */
record Service(URI uri, CompletableFuture<Integer> exitCode) {
  private static final Pattern ADDRESS = Pattern.compile("(?m)^run \\S+: (http://\\S+), files in ");

  /**
   * Starts one, and waits until it is ready.
   *
   * @param run runs the program, which writes to what it is given
   */
  static Service start(ToIntFunction<StringWriter> run) {
    StringWriter shown = new StringWriter();
    CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    new Thread(() -> exitCode.complete(run.applyAsInt(shown)), "documented service").start();
    Waiting.until(
        "the address", () -> !exitCode.isDone(), () -> ADDRESS.matcher(shown.toString()).find());
    Matcher line = ADDRESS.matcher(shown.toString());
    assertThat(line.find()).isTrue();
    Service service = new Service(URI.create(line.group(1)), exitCode);
    Http http = new Http(service.uri());
    Waiting.until(
        "a service that is ready",
        () -> !exitCode.isDone(),
        () -> http.get("/health/ready").statusCode() == 200);
    return service;
  }

  boolean hasEnded() {
    return exitCode.isDone();
  }

  /** Drains it, if that has not been done, and waits for its end. */
  void end() throws IOException, InterruptedException {
    if (!hasEnded()) {
      new Http(uri).post("/control/drain");
    }
    assertThat(exitCode.orTimeout(Waiting.PATIENCE.toSeconds(), TimeUnit.SECONDS).join()).isZero();
  }
}
