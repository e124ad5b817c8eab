package io.tributary.stream;

import static io.tributary.testing.stream.Draws.draw;
import static io.tributary.testing.stream.Draws.hits;
import static io.tributary.testing.stream.Draws.names;
import static io.tributary.testing.stream.Draws.plan;
import static io.tributary.testing.stream.Draws.score;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tributary.data.Batch;
import io.tributary.data.Paused;
import io.tributary.data.RunFailedException;
import io.tributary.testing.stream.RecordedStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BatchingTest {
  private final RecordedStream listener = new RecordedStream();
  private final AtomicLong extended = new AtomicLong();

  private Batching batching(StreamPlan plan) {
    return new Batching(
        new StreamSettings(plan, Paused.NONE), extended::addAndGet, listener, () -> 70);
  }

  private static AdmittedDraw admitted(long number) {
    return new AdmittedDraw(number, 1, 0, 20);
  }

  @Test
  void the_bootstrap_goes_out_as_one_and_the_batches_after_it() {
    Batching batching = batching(plan(2, 2, 4, 1));

    assertThat(batching.add(admitted(0), score(draw(0, 1, 2)))).isEmpty();
    Batch bootstrap = batching.add(admitted(1), score(draw(1, 1, 2))).get(0);
    assertThat(batching.add(admitted(2), score(draw(2, 1, 2)))).isEmpty();
    Batch batch = batching.add(admitted(3), score(draw(3, 1, 2))).get(0);

    assertThat(bootstrap).isInstanceOf(Batch.Bootstrap.class);
    assertThat(names(bootstrap)).containsExactly("0.0@1", "0.1@1", "1.0@1", "1.1@1");
    assertThat(bootstrap.nextDraw()).isEqualTo(2);
    assertThat(batch).isInstanceOf(Batch.Training.class);
    assertThat(names(batch)).containsExactly("2.0@1", "2.1@1", "3.0@1", "3.1@1");
    assertThat(batch.nextDraw()).isEqualTo(4);
    assertThat(listener.staleness).containsExactly(0L, 0L, 0L, 0L);
    assertThat(listener.ages).containsOnly(50L);
  }

  @Test
  void a_bootstrap_goes_on_a_batch_at_a_time_until_there_are_enough_hits() {
    Batching batching = batching(plan(new BootstrapPlan(1, 9, 2), 2, 4, 1));

    assertThat(batching.add(admitted(0), hits(draw(0, 1, 2), Set.of(0)))).isEmpty();
    assertThat(extended).as("one batch, for the gate").hasValue(4);
    assertThat(batching.add(admitted(1), hits(draw(1, 1, 2), Set.of(0, 1)))).isEmpty();
    Batch.Bootstrap bootstrap =
        (Batch.Bootstrap) batching.add(admitted(2), hits(draw(2, 1, 2), Set.of())).get(0);

    assertThat(extended).hasValue(4);
    assertThat(bootstrap.sequences()).hasSize(6);
    assertThat(bootstrap.estimating()).as("not the portion that ended it").isEqualTo(2);
    assertThat(bootstrap.nextDraw()).isEqualTo(3);
    assertThat(listener.bootstrap)
        .containsExactly("2 sequences, 1 of 2", "4 sequences, 3 of 2", "6 sequences, 3 of 2");
    assertThat(batching.add(admitted(3), score(draw(3, 1, 2)))).isEmpty();
    assertThat(batching.add(admitted(4), score(draw(4, 1, 2))).get(0))
        .isInstanceOf(Batch.Training.class);
  }

  @Test
  void dropped_sequences_are_made_up_for_by_those_of_later_draws() {
    Batching batching = batching(plan(0, 2, 4, 1));

    batching.add(admitted(0), score(draw(0, 1, 2), Set.of(0)));
    assertThat(batching.add(admitted(1), score(draw(1, 1, 2)))).isEmpty();
    Batch batch = batching.add(admitted(2), score(draw(2, 1, 2))).get(0);

    assertThat(names(batch)).containsExactly("0.1@1", "1.0@1", "1.1@1", "2.0@1");
    assertThat(extended).hasValue(1);
    assertThat(listener.dropped).hasValue(1);
    assertThat(listener.leftOver).hasValue(0);
  }

  @Test
  void at_staleness_zero_the_rest_of_the_last_draw_is_left_over() {
    Batching batching = batching(plan(0, 2, 4, 0));

    batching.add(admitted(0), score(draw(0, 1, 2), Set.of(0)));
    batching.add(admitted(1), score(draw(1, 1, 2)));
    batching.add(admitted(2), score(draw(2, 1, 2)));
    batching.add(admitted(3), score(draw(3, 1, 2)));
    Batch second = batching.add(admitted(4), score(draw(4, 1, 2))).get(0);

    assertThat(names(second)).containsExactly("3.0@1", "3.1@1", "4.0@1", "4.1@1");
    assertThat(extended).hasValue(2);
    assertThat(listener.leftOver).hasValue(1);
  }

  @Test
  void a_draw_of_another_number_or_of_too_many_sequences_is_refused() {
    Batching batching = batching(plan(0, 2, 4, 0));

    assertThatIllegalStateException()
        .isThrownBy(() -> batching.add(admitted(0), score(draw(1, 1, 2))))
        .withMessageContaining("expected draw 0");
    assertThatIllegalStateException()
        .isThrownBy(() -> batching.add(admitted(0), score(draw(0, 1, 3))))
        .withMessageContaining("with 3");
  }

  @Test
  void more_dropped_sequences_than_allowed_end_the_run() {
    Batching batching = batching(new StreamPlan(0, BootstrapPlan.NONE, 100, 100, 1, 0.001, 1));

    LongStream.range(0, 10)
        .forEach(k -> batching.add(admitted(k), score(draw(k, 1, 100), Set.of((int) k))));

    assertThatExceptionOfType(RunFailedException.class)
        .isThrownBy(() -> batching.add(admitted(10), score(draw(10, 1, 100), Set.of(5))))
        .withMessageContaining("scoring failed on 11 of the last 1100 sequences");
  }

  @Test
  void a_batch_that_is_no_multiple_of_a_draw_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan(0, 3, 4, 0))
        .withMessageContaining("batches of 4 and draws of 3");
  }

  /**
   * Admission and batching together, whatever is dropped, however late it is noticed, and whatever
   * becomes of the bound on staleness.
   */
  @Property(tries = 300)
  void batches_stay_full_and_fresh_and_no_sequence_is_used_twice(
      @ForAll @IntRange(min = 1, max = 5) int draw,
      @ForAll @IntRange(min = 1, max = 4) int drawsPerBatch,
      @ForAll @IntRange(max = 3) int maxStaleness,
      @ForAll @DoubleRange(max = 0.8) double dropRate,
      @ForAll long seed) {
    StreamSettings settings =
        new StreamSettings(
            plan(new BootstrapPlan(2, 5, draw * 4), draw, draw * drawsPerBatch, maxStaleness),
            Paused.NONE);
    RecordedStream heard = new RecordedStream();
    AtomicLong due = new AtomicLong(settings.plan().firstDue());
    Batching batching = new Batching(settings, due::addAndGet, heard, () -> 0);
    Random random = new Random(seed);
    Queue<AdmittedDraw> underWay = new ArrayDeque<>();
    List<String> used = new ArrayList<>();
    long next = 0;
    long learned = 0;

    while (learned < 20) {
      if (random.nextInt(8) == 0) {
        settings.maxStaleness(random.nextInt(maxStaleness + 1));
      }
      StreamPlan plan = settings.plan();
      while (plan.admits(next, due.get()) && random.nextInt(4) > 0) {
        underWay.add(new AdmittedDraw(next++, 1, learned, 0));
      }
      if (underWay.isEmpty()) {
        assertThat(plan.admits(next, due.get())).as("starved").isTrue();
        continue;
      }
      assertThat(underWay.size())
          .isLessThanOrEqualTo(Math.max(2, drawsPerBatch) + maxStaleness * drawsPerBatch + 1);
      AdmittedDraw admitted = underWay.remove();
      Set<Integer> dropped = new HashSet<>();
      for (int i = 0; i < draw; i++) {
        if (random.nextDouble() < dropRate) {
          dropped.add(i);
        }
      }
      for (Batch batch : batching.add(admitted, score(draw(admitted.number(), 1, draw), dropped))) {
        used.addAll(names(batch));
        due.addAndGet(settings.plan().batchSequences());
        if (batch instanceof Batch.Training) {
          assertThat(batch.sequences()).hasSize(draw * drawsPerBatch);
          learned++;
        }
      }
    }

    assertThat(used).doesNotHaveDuplicates();
    assertThat(heard.staleness).allMatch(steps -> steps >= 0 && steps <= maxStaleness);
  }
}
