package io.tributary.testing.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.metrics.WorkTime;
import io.tributary.stream.PoolListener;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Records what a pool tells its listener. */
public final class RecordedPool<W, R> implements PoolListener<W, R> {

  public record Load(int waiting, int inFlight, int workers) {}

  public final List<Long> reissued = new CopyOnWriteArrayList<>();
  public final List<R> accepted = new CopyOnWriteArrayList<>();
  public final List<WorkTime> times = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Load> loads = new LinkedBlockingQueue<>();

  @Override
  public void loadChanged(int waiting, int inFlight, int workers) {
    loads.add(new Load(waiting, inFlight, workers));
  }

  @Override
  public void resultAccepted(W work, R result) {
    accepted.add(result);
  }

  @Override
  public void worked(WorkTime time) {
    times.add(time);
  }

  @Override
  public void drawReissued(long draw) {
    reissued.add(draw);
  }

  /** Waits until the pool has had this load; earlier ones are skipped. */
  public void await(int waiting, int inFlight, int workers) throws InterruptedException {
    Load expected = new Load(waiting, inFlight, workers);
    Load heard = loads.poll(10, TimeUnit.SECONDS);
    while (heard != null && !heard.equals(expected)) {
      heard = loads.poll(10, TimeUnit.SECONDS);
    }
    assertThat(heard).as("load of the pool").isEqualTo(expected);
  }
}
