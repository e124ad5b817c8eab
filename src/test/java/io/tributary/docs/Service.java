package io.tributary.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A run in this process that goes on until it is drained. */
record Service(URI uri, CompletableFuture<Integer> exitCode) implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Pattern ADDRESS = Pattern.compile("(?m)^run \\S+: (http://\\S+), files in ");
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  /**
   * Starts one, and waits until it is ready.
   *
   * @param run runs the program, which writes to what it is given
   */
  static Service start(ToIntFunction<StringWriter> run) {
    StringWriter shown = new StringWriter();
    CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    new Thread(() -> exitCode.complete(run.applyAsInt(shown)), "documented service").start();
    await()
        .atMost(PATIENCE)
        .failFast(() -> assertThat(exitCode).as(shown.toString()).isNotDone())
        .until(() -> ADDRESS.matcher(shown.toString()).find());
    Matcher line = ADDRESS.matcher(shown.toString());
    assertThat(line.find()).isTrue();
    Service service = new Service(URI.create(line.group(1)), exitCode);
    await().atMost(PATIENCE).until(() -> service.status("GET", "/health/ready") == 200);
    return service;
  }

  private int status(String method, String path) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(uri.resolve(path)).method(method, BodyPublishers.noBody()).build();
      return CLIENT.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  boolean hasEnded() {
    return exitCode.isDone();
  }

  /** Drains it, if that has not been done, and waits for its end. */
  @Override
  public void close() {
    if (!hasEnded()) {
      status("POST", "/control/drain");
    }
    assertThat(exitCode.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join()).isZero();
  }
}
