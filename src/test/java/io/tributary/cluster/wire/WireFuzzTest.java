package io.tributary.cluster.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.tributary.testing.Slow;
import java.io.NotSerializableException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.Adapter;

/** Messages that were damaged, by chance or on purpose. */
@Slow
class WireFuzzTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** What a refusal costs: an exception, its message and its trace, and at first their classes. */
  private static final long REFUSAL = 1_000_000;

  private static ActorTestKit kit;
  private static WireSerializer serializer;
  private static List<Map.Entry<String, byte[]>> messages;

  @BeforeContainer
  static void start() {
    kit = ActorTestKit.create();
    serializer = new WireSerializer((ExtendedActorSystem) Adapter.toClassic(kit.system()));
    messages = new ArrayList<>();
    WireMessages.all(kit.createTestProbe().getRef())
        .forEach(
            (manifest, message) -> messages.add(Map.entry(manifest, serializer.toBinary(message))));
    for (Map.Entry<String, byte[]> message : messages) { // loads classes
      read(message.getKey(), message.getValue());
      read(message.getKey(), new byte[0]);
    }
  }

  @AfterContainer
  static void stop() {
    kit.shutdownTestKit();
  }

  private static void read(String manifest, byte[] bytes) {
    try {
      serializer.fromBinary(bytes, manifest);
    } catch (NotSerializableException e) {
      assertThat(e).hasMessageContaining(manifest);
    }
  }

  /** Bytes changed, cut out, repeated and added, in any message; read as any other, too. */
  @Property(tries = 3000, shrinking = ShrinkingMode.OFF)
  void itIsReadOrRefusedAndTakesLittleMemory(@ForAll long seed) {
    Random random = new Random(seed);
    Map.Entry<String, byte[]> message = messages.get(random.nextInt(messages.size()));
    byte[] bytes = message.getValue().clone();
    for (int i = random.nextInt(6); i >= 0; i--) {
      bytes = damaged(bytes, random);
    }
    String manifest =
        (random.nextInt(4) == 0 ? messages.get(random.nextInt(messages.size())) : message).getKey();
    long before = THREADS.getCurrentThreadAllocatedBytes();
    read(manifest, bytes);
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertThat(allocated)
        .as("%d bytes as %s", bytes.length, manifest)
        .isLessThan(REFUSAL + 100L * bytes.length);
  }

  private static byte[] damaged(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length + 1);
    int length = random.nextInt(6);
    int rest = Math.min(bytes.length, at + length);
    byte[] middle =
        switch (random.nextInt(4)) {
          case 0 -> new byte[0];
          case 1 -> randomBytes(random, length);
          case 2 -> new byte[] {-1, -1, -1, -1, 7}; // as a length, 2^31 - 1
          default -> randomBytes(random, random.nextInt(5000));
        };
    byte[] result = Arrays.copyOf(bytes, at + middle.length + bytes.length - rest);
    System.arraycopy(middle, 0, result, at, middle.length);
    System.arraycopy(bytes, rest, result, at + middle.length, bytes.length - rest);
    return result;
  }

  private static byte[] randomBytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
