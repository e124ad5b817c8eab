package io.tributary.testing.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.testing.Http;
import io.tributary.testing.Waiting;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A run in a process of its own, that is killed when it is closed. */
public final class RunProcess implements AutoCloseable {
  private static final Pattern ADDRESS = Pattern.compile("(?m)^run \\S+: (http://\\S+),");

  private final Process process;
  private final Path output;

  public RunProcess(ProcessBuilder builder, Path output) throws IOException {
    this.process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    this.output = output;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /** What it has printed, on both streams. */
  public String output() throws IOException {
    return Files.readString(output);
  }

  /** Returns once the condition holds; fails if the process ends before. */
  public void until(String what, Callable<Boolean> condition) {
    Waiting.until(what, process::isAlive, condition);
  }

  /** Waits until it says where it answers. */
  public Http http() throws IOException {
    until("the address is shown in " + output, () -> ADDRESS.matcher(output()).find());
    Matcher address = ADDRESS.matcher(output());
    assertThat(address.find()).isTrue();
    return new Http(URI.create(address.group(1)));
  }

  /** Sends a signal such as TERM. */
  public void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
  }

  /** Waits until it ends by itself. */
  public int exitCode() throws InterruptedException {
    return exitCode(Waiting.PATIENCE);
  }

  /** As {@link #exitCode()}; fails if that takes longer. */
  public int exitCode(Duration atMost) throws InterruptedException {
    assertThat(process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS))
        .as("it has ended, see " + output)
        .isTrue();
    return process.exitValue();
  }

  /** Kills it as {@code kill -9} does. */
  public int kill() throws InterruptedException {
    return process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().orTimeout(Waiting.PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }
}
