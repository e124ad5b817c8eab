package io.tributary.tools.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.tributary.tensor.Torch;
import java.util.Collections;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Peak performance of this machine's processor in float32 products of square matrices. */
final class MatrixProduct {
  private static final int[] SIZES = {512, 1024, 2048};

  private MatrixProduct() {}

  /**
   * The fastest product of several sizes.
   *
   * @param computing threads that compute products at the same time
   * @param operationsPerSecond of all of them together
   * @param size rows of the matrices
   */
  record Peak(int computing, double operationsPerSecond, int size) {}

  static Peak peak(int computing, double seconds) {
    Peak best = new Peak(computing, 0, 0);
    for (int size : SIZES) {
      double reached = operationsPerSecond(computing, size, seconds / SIZES.length);
      if (reached > best.operationsPerSecond()) {
        best = new Peak(computing, reached, size);
      }
    }
    return best;
  }

  private static double operationsPerSecond(int computing, int size, double seconds) {
    ExecutorService threads = Executors.newFixedThreadPool(computing);
    CyclicBarrier start = new CyclicBarrier(computing);
    try {
      Callable<Double> one = () -> Torch.inference(() -> productsPerSecond(size, seconds, start));
      double products = 0;
      for (Future<Double> thread : threads.invokeAll(Collections.nCopies(computing, one))) {
        products += thread.get();
      }
      return 2.0 * size * size * size * products;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a matrix product failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      threads.shutdownNow();
    }
  }

  private static double productsPerSecond(int size, double seconds, CyclicBarrier start) {
    try (NDManager manager = Torch.newManager(Device.cpu())) {
      NDArray a = manager.randomNormal(new Shape(size, size));
      NDArray b = manager.randomNormal(new Shape(size, size));
      a.matMul(b).close();
      start.await();
      long began = System.nanoTime();
      long products = 0;
      double elapsed = 0;
      while (elapsed < seconds) {
        a.matMul(b).close();
        products++;
        elapsed = (System.nanoTime() - began) / 1e9;
      }
      return products / elapsed;
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException("another thread failed, or this one was interrupted", e);
    }
  }
}
