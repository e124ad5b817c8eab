package io.tributary.run.assembly;

import io.tributary.data.BadInputException;
import io.tributary.data.Draw;
import io.tributary.data.DrawOrder;
import io.tributary.stage.fit.FittingProgress;
import io.tributary.stage.fit.TargetFitting;
import io.tributary.stage.sample.ProposalSampling;
import io.tributary.stage.score.DrawScoring;
import io.tributary.target.lambda.Fit;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/** Fits lambda in this thread. */
public final class LocalFit {
  private LocalFit() {}

  /**
   * Draws, computes features and fits.
   *
   * @param stopped asked after every token; once true, the fit is given up
   * @return empty if it was given up
   * @throws BadInputException if the base model can't have what is asked of it
   */
  public static Optional<Fit> run(
      TargetFitting fitting,
      ProposalSampling sampling,
      DrawScoring scoring,
      BooleanSupplier stopped,
      FittingProgress progress) {
    Runnable stop =
        () -> {
          if (stopped.getAsBoolean()) {
            throw new CancellationException("stopped");
          }
        };
    try {
      long number = 0;
      for (int wanted = fitting.wantedDraws(); wanted > 0; wanted = fitting.wantedDraws()) {
        for (int i = 0; i < wanted; i++) {
          DrawOrder order = new DrawOrder(number++, sampling.version(), DrawOrder.Purpose.FITTING);
          Draw draw = sampling.draw(order, stop);
          progress.counted(draw.sequences().size(), draw.tokens());
          fitting.add(scoring.features(draw, () -> {}));
          progress.drawn(fitting.drawnSequences(), fitting.wantedSequences());
        }
      }
      return fitting.result();
    } catch (CancellationException e) {
      return Optional.empty();
    }
  }
}
