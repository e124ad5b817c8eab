package io.tributary.tools.bench;

import io.tributary.data.BadInputException;
import io.tributary.io.LastingFiles;
import io.tributary.model.DecoderConfig;
import io.tributary.model.ModelDirectory;
import io.tributary.tensor.FloatType;
import io.tributary.tools.pretrain.TokenizerCut;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A temporary directory for what a benchmark needs, removed at its end. */
final class BenchDirectory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BenchDirectory.class);
  private static final long RUN_ENDS_SECONDS = 30;
  private static final int BYTES_AND_END_OF_TEXT = 257;

  private final Path directory;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread onSignal = new Thread(this::removeOnSignal, "remove-bench-directory");
  private volatile boolean inRun;

  private BenchDirectory(Path directory) {
    this.directory = directory;
    Runtime.getRuntime().addShutdownHook(onSignal);
  }

  static BenchDirectory open() {
    try {
      return new BenchDirectory(Files.createTempDirectory("tributary-bench"));
    } catch (IOException e) {
      throw new BadInputException("a temporary directory can't be created: " + e, e);
    }
  }

  /** Directory of runs; if a signal ends a run, nothing is removed before that run has ended. */
  Path runs() {
    return directory.resolve("runs");
  }

  /** A configuration file without settings. */
  Path emptyConfiguration() {
    try {
      return Files.writeString(directory.resolve("bench.conf"), "tributary { }\n");
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /**
   * A model directory with random weights.
   *
   * @param tokenizer GPT-2's {@code tokenizer.json}, cut to the vocabulary of the shape
   * @throws BadInputException if the tokenizer can't be used, or the disk is full
   */
  Path randomModel(Shape shape, Path tokenizer) {
    TokenizerCut cut =
        TokenizerCut.of(tokenizer, Optional.of(shape.vocabulary() - BYTES_AND_END_OF_TEXT));
    DecoderConfig config = shape.config(cut.endOfText());
    Path model = directory.resolve("model");
    try {
      Path file = Files.writeString(directory.resolve("tokenizer.json"), cut.json());
      ModelDirectory.write(model, config, config.initialise(1), file, FloatType.F32);
      return model;
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private BadInputException unwritable(IOException e) {
    return new BadInputException("%s can't be written: %s".formatted(directory, e), e);
  }

  /** Runs work that writes to {@link #runs}. */
  double run(DoubleSupplier run) {
    inRun = true;
    try {
      return run.getAsDouble();
    } finally {
      inRun = false;
    }
  }

  @Override
  public void close() {
    try {
      LastingFiles.delete(directory);
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException e) {
      LOG.debug("a signal is ending the process");
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " can't be removed", e);
    } finally {
      closed.countDown();
    }
  }

  private void removeOnSignal() {
    try {
      if (!inRun || !closed.await(RUN_ENDS_SECONDS, TimeUnit.SECONDS)) {
        LastingFiles.delete(directory);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.warn("{} can't be removed", directory, e);
    }
  }
}
