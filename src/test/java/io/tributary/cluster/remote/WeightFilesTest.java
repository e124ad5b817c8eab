package io.tributary.cluster.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.cluster.remote.RemoteWorker.Publish;
import io.tributary.cluster.remote.RemoteWorker.Published;
import io.tributary.cluster.transfer.Manifest;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;

class WeightFilesTest {
  private final List<Long> written = new ArrayList<>();
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private boolean diskIsFull;
  private final BehaviorTestKit<Publish> files =
      BehaviorTestKit.create(WeightFiles.create(this::write, tasks::add));

  private Manifest write(WeightSnapshot weights) {
    if (diskIsFull) {
      throw new IllegalStateException("no space left");
    }
    written.add(weights.version().number());
    return manifest(weights.version().number());
  }

  private static Manifest manifest(long version) {
    return Manifest.of(version + ".safetensors", 0, 8, List.of());
  }

  private TestInbox<Published> publish(long version) {
    TestInbox<Published> asker = TestInbox.create();
    files.run(
        new Publish(
            new WeightSnapshot(new WeightVersion(version, "print " + version), List.of()),
            asker.getRef()));
    return asker;
  }

  private void writeAll() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  @Test
  void aVersionIsWrittenOnceHoweverManyAsk() {
    TestInbox<Published> one = publish(4);
    TestInbox<Published> other = publish(4);
    assertThat(one.hasMessages()).isFalse();
    publish(5);
    TestInbox<Published> late = publish(4);
    writeAll();

    for (TestInbox<Published> asker : List.of(one, other, late)) {
      asker.expectMessage(new Published(4, manifest(4)));
      assertThat(asker.hasMessages()).isFalse();
    }
    assertThat(written).containsExactly(4L, 5L);
  }

  @Test
  void aVersionThatIsAskedForLaterMayHaveBeenDeletedMeanwhile() {
    publish(4);
    writeAll();
    TestInbox<Published> late = publish(4);
    writeAll();

    late.expectMessage(new Published(4, manifest(4)));
    assertThat(written).containsExactly(4L, 4L);
  }

  @Test
  void everyVersionIsAFileOfItsOwn() {
    TestInbox<Published> four = publish(4);
    TestInbox<Published> five = publish(5);
    writeAll();

    four.expectMessage(new Published(4, manifest(4)));
    five.expectMessage(new Published(5, manifest(5)));
    assertThat(written).containsExactly(4L, 5L);
  }

  @Test
  void aVersionThatCouldNotBeWrittenIsTriedAgain() {
    diskIsFull = true;
    TestInbox<Published> unlucky = publish(4);
    writeAll();
    diskIsFull = false;
    TestInbox<Published> asker = publish(4);
    writeAll();

    assertThat(unlucky.hasMessages()).isFalse();
    asker.expectMessage(new Published(4, manifest(4)));
  }
}
