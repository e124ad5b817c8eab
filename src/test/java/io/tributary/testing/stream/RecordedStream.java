package io.tributary.testing.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.stream.StreamListener;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Records what a stream tells its listener. */
public final class RecordedStream implements StreamListener {
  public final BlockingQueue<String> admission = new LinkedBlockingQueue<>();
  public final List<String> bootstrap = new CopyOnWriteArrayList<>();
  public final List<Long> staleness = new CopyOnWriteArrayList<>();
  public final List<Long> ages = new CopyOnWriteArrayList<>();
  public final AtomicInteger dropped = new AtomicInteger();
  public final AtomicInteger leftOver = new AtomicInteger();

  @Override
  public void limitChanged(long sequences) {
    admission.add("limit " + sequences);
  }

  @Override
  public void admissionClosed() {
    admission.add("closed");
  }

  @Override
  public void admissionOpened() {
    admission.add("opened");
  }

  @Override
  public void bootstrapDrawn(int sequences, int hits, int wanted) {
    bootstrap.add("%d sequences, %d of %d".formatted(sequences, hits, wanted));
  }

  @Override
  public void sequencesDropped(long draw, int count) {
    dropped.addAndGet(count);
  }

  @Override
  public void sequencesLeftOver(long draw, int count) {
    leftOver.addAndGet(count);
  }

  @Override
  public void sequenceTaken(long stalenessSteps, long ageNanos) {
    staleness.add(stalenessSteps);
    ages.add(ageNanos);
  }

  /** Waits until the gate says this; earlier events are skipped. */
  public void await(String event) throws InterruptedException {
    String heard = admission.poll(10, TimeUnit.SECONDS);
    while (heard != null && !heard.equals(event)) {
      heard = admission.poll(10, TimeUnit.SECONDS);
    }
    assertThat(heard).as("event of the gate").isEqualTo(event);
  }
}
