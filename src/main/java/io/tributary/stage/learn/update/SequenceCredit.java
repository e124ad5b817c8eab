package io.tributary.stage.learn.update;

import io.tributary.model.ModelTraining;
import io.tributary.objective.BatchValues;
import io.tributary.objective.estimate.ControlFit;
import java.util.Arrays;

/**
 * All tokens of a sequence have its coefficient, which is computed with the log pi of the same pass
 * that is differentiated.
 */
record SequenceCredit(ModelTraining training, int[] prefix) implements Credit {
  @Override
  public Pass accumulate(Part part) {
    double[] c = new double[part.rows().length];
    double[] logProbs =
        training.accumulate(
            prefix,
            part.batch().tokens(part.rows()),
            part.dropout(),
            found -> {
              BatchValues values = part.values().rows(part.rows(), found);
              double[] levels = BatchValues.pick(part.levels(), part.rows());
              double[] coefficients =
                  part.divided()
                      ? part.objective().coefficients(values, levels)
                      : part.objective().advantages(values, levels);
              Arrays.setAll(c, j -> coefficients[j] / part.count());
              return c;
            });
    double loss = 0;
    for (int j = 0; j < c.length; j++) {
      loss -= c[j] * logProbs[j];
    }
    return new Pass(logProbs, loss, ControlFit.State.EMPTY);
  }
}
