package io.tributary.target.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.model.classifier.TextClassifier;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ClassifierFeatureTest {
  private static final List<Text> TEXTS = List.of(new Text("one", 1), new Text("two", 1));

  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final AtomicInteger closed = new AtomicInteger();
  private final ClassifierFeature feature =
      new ClassifierFeature("topic", new Slow(), new int[] {1});

  /** A classifier that classifies when it is let. */
  private final class Slow implements TextClassifier {
    @Override
    public Path directory() {
      return Path.of("slow");
    }

    @Override
    public List<String> labels() {
      return List.of("other", "wanted");
    }

    @Override
    public int[] classify(List<String> texts) {
      entered.countDown();
      try {
        goOn.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return texts.stream().mapToInt(text -> text.equals("two") ? 1 : 0).toArray();
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  @Test
  void aClassifierThatIsInUseIsNotClosed() throws Exception {
    CompletableFuture<double[]> values = CompletableFuture.supplyAsync(() -> feature.values(TEXTS));
    assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
    feature.close();
    assertThat(closed).hasValue(0);
    goOn.countDown();
    assertThat(values.get(30, TimeUnit.SECONDS)).containsExactly(0, 1);
  }

  @Test
  void aClosedClassifierIsNotUsedAndClosedOnce() {
    goOn.countDown();
    assertThat(feature.value(TEXTS.get(1))).isEqualTo(1);
    feature.close();
    feature.close();
    assertThat(closed).hasValue(1);
    assertThatThrownBy(() -> feature.values(TEXTS))
        .hasMessage("the classifier of feature \"topic\" is closed");
  }
}
