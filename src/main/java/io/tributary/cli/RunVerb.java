package io.tributary.cli;

import io.tributary.cli.console.Terminal;
import io.tributary.config.EffectiveConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.run.files.RunDirectory;
import io.tributary.run.life.TrainingService;
import io.tributary.run.life.TrainingService.Resume;
import io.tributary.run.watch.RunConsole;
import io.tributary.tensor.Torch;
import java.io.IOException;
import java.io.OutputStream;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the training service. */
@Command(
    name = "run",
    header = "Trains a model.",
    description =
        "Starts samplers, scorers, a learner and an HTTP server. Trains up to run.steps or"
            + " run.sequences, or until a signal ends the run; both end with a checkpoint.")
final class RunVerb extends Verb {
  private static final Logger LOG = LoggerFactory.getLogger(RunVerb.class);
  private static final String NEWEST = "newest";
  private static final String IF_ANY = "if-any";

  @Mixin private ConfigOptions config = new ConfigOptions();

  @Option(
      names = "--resume",
      arity = "0..1",
      fallbackValue = NEWEST,
      paramLabel = "STEP",
      description =
          "Continue from the newest good checkpoint of the run, or from that of a "
              + "step: --resume=STEP. --resume=if-any starts the run if it does not exist"
              + " yet, for supervisors that repeat the command.")
  private @Nullable String resume;

  @Option(
      names = "--while-input",
      hidden = true,
      description = "End as by SIGTERM when standard input ends.")
  private boolean whileInput;

  @Override
  public Integer call() throws InterruptedException {
    if (whileInput) {
      endWithInput();
    }
    EffectiveConfig effective = config.read();
    TributaryConfig training = effective.training();
    Resume from = resume(training);
    Torch.load(training.nativeLibrary());
    RunConsole console = new RunConsole(out(), Terminal.isStandardOutput());
    return showing(
        console,
        () -> {
          new TrainingService(effective, console).run(from);
          return Tributary.DONE;
        });
  }

  /**
   * Ends the process with the one that holds the other end of standard input, or when that closes
   * it.
   */
  private static void endWithInput() {
    Thread watch =
        new Thread(
            () -> {
              try {
                System.in.transferTo(OutputStream.nullOutputStream());
              } catch (IOException e) {
                LOG.debug("standard input has ended", e);
              }
              System.exit(Tributary.TERMINATED);
            },
            "input-watch");
    watch.setDaemon(true);
    watch.start();
  }

  private Resume resume(TributaryConfig training) {
    boolean ifAny = IF_ANY.equals(resume);
    if (resume == null || (ifAny && !RunDirectory.isBegun(training.run().home()))) {
      return Resume.NO;
    }
    if (ifAny || resume.equals(NEWEST)) {
      return new Resume(true, OptionalLong.empty());
    }
    try {
      return new Resume(true, OptionalLong.of(Long.parseLong(resume)));
    } catch (NumberFormatException e) {
      throw badUsage("--resume=" + resume + ": expected the step of a checkpoint, or if-any");
    }
  }
}
