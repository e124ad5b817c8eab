package io.tributary.stage.fit;

import ai.djl.Device;
import io.tributary.data.BadInputException;
import io.tributary.data.Seeds;
import io.tributary.data.TensorBytes;
import io.tributary.model.AncestralSampler;
import io.tributary.model.DecoderConfig;
import io.tributary.model.LanguageModel;
import io.tributary.model.SamplingSettings;
import io.tributary.model.TextTokenizer;
import io.tributary.target.Target;
import io.tributary.target.feature.Text;
import io.tributary.target.lambda.FeatureSample;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Draws from the base model itself, so that a/q = 1, in several threads with a copy of the weights
 * each. A draw depends on the seed and its number alone and draws are used in their order, so that
 * the sample does not depend on the number of threads. For one thread.
 */
public final class BaseSampling implements BaseSamples, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BaseSampling.class);

  /** Draws that are planned at once. */
  private static final int MAX_DRAWS = 1024;

  /**
   * What is drawn, and with what.
   *
   * @param model shape of the base model
   * @param weights of the base model
   * @param devices one for each thread
   * @param rows sequences of a draw
   * @param prefix tokens that every sequence follows
   * @param settings how tokens are chosen: plainly
   * @param seed of the run
   * @param maxDropRate share of the sequences that a feature may fail on
   */
  public record Plan(
      DecoderConfig model,
      List<TensorBytes> weights,
      List<Device> devices,
      int rows,
      int[] prefix,
      SamplingSettings settings,
      long seed,
      double maxDropRate) {}

  private final Plan plan;
  private final TextTokenizer tokenizer;
  private final Target target;
  private final BooleanSupplier stopped;
  private final FittingProgress progress;
  private final List<LanguageModel> copies = new ArrayList<>();
  private final BlockingQueue<AncestralSampler> idle = new LinkedBlockingQueue<>();
  private final ExecutorService threads;
  private final Deque<double[]> surplus = new ArrayDeque<>(); // drawn and not in the sample
  private final AtomicLong finished = new AtomicLong();
  private long draws;
  private long kept;

  /**
   * @param stopped asked after every token; once true, nothing more is drawn
   */
  public BaseSampling(
      Plan plan,
      TextTokenizer tokenizer,
      Target target,
      BooleanSupplier stopped,
      FittingProgress progress) {
    this.plan = plan;
    this.tokenizer = tokenizer;
    this.target = target;
    this.stopped = stopped;
    this.progress = progress;
    for (Device device : plan.devices()) {
      LanguageModel copy = plan.model().model(plan.weights(), device);
      copies.add(copy);
      idle.add(new AncestralSampler(copy, plan.settings()));
    }
    this.threads = Executors.newFixedThreadPool(copies.size());
  }

  /**
   * {@inheritDoc}
   *
   * @throws BadInputException if features fail on too many sequences
   */
  @Override
  public boolean extend(FeatureSample sample, int sequences) {
    while (sample.size() < sequences) {
      int missing = sequences - sample.size() - surplus.size();
      int needed = Math.floorDiv(missing - 1, plan.rows()) + 1;
      if (missing > 0 && !draw(Math.min(MAX_DRAWS, needed), sequences)) {
        return false;
      }
      while (sample.size() < sequences && !surplus.isEmpty()) {
        sample.add(surplus.remove());
      }
    }
    return true;
  }

  private boolean draw(int number, int wanted) {
    List<Callable<Collection<double[]>>> tasks = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      long k = draws + i;
      tasks.add(() -> features(k, wanted));
    }
    try {
      for (Future<Collection<double[]>> drawn : threads.invokeAll(tasks)) {
        surplus.addAll(drawn.get());
        kept += drawn.get().size();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CancellationException) {
        return false;
      }
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    draws += number;
    requireFewDropped();
    return true;
  }

  private Collection<double[]> features(long k, int wanted) throws InterruptedException {
    requireNotStopped();
    AncestralSampler sampler = idle.take();
    try {
      List<Text> texts =
          sampler
              .draw(
                  plan.prefix(),
                  plan.rows(),
                  Seeds.generator(plan.seed(), Seeds.Purpose.FITTING, k),
                  this::requireNotStopped)
              .stream()
              .map(s -> new Text(tokenizer.decode(s.tokens()), s.tokens().length))
              .toList();
      Collection<double[]> features =
          target
              .featureValues(
                  texts, (j, e) -> LOG.warn("\"{}\" is left out", texts.get(j).text(), e))
              .values();
      progress.counted(texts.size(), texts.stream().mapToLong(Text::tokens).sum());
      progress.drawn(Math.min(wanted, finished.incrementAndGet() * plan.rows()), wanted);
      return features;
    } finally {
      idle.add(sampler);
    }
  }

  private void requireNotStopped() {
    if (stopped.getAsBoolean()) {
      throw new CancellationException("stopped");
    }
  }

  private void requireFewDropped() {
    long drawn = draws * plan.rows();
    if (drawn - kept > plan.maxDropRate() * drawn) {
      throw new BadInputException(
          "target.features: a feature failed on %,d of %,d sequences drawn from the base model, the log says which; stream.max-drop-rate allows a share of %s"
              .formatted(drawn - kept, drawn, plan.maxDropRate()));
    }
  }

  @Override
  public void close() {
    threads.shutdown();
    copies.forEach(LanguageModel::close);
  }
}
