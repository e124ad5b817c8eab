package io.tributary.cluster.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.tributary.config.ClusterConfig;
import io.tributary.data.Draw;
import io.tributary.data.DrawOrder.Purpose;
import io.tributary.data.Sequence;
import io.tributary.metrics.Label.BlockedReason;
import io.tributary.metrics.WorkTime;
import java.io.IOException;
import java.io.InputStream;
import java.io.NotSerializableException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Random;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class WireSerializerTest {
  /** With this system property, the lines of the golden file are printed instead of compared. */
  private static final String PRINT = "tributary.test.print-golden";

  /** Addresses on other machines exist only for a provider that has a network. */
  private static final ActorTestKit KIT =
      ActorTestKit.create(
          ConfigFactory.parseString(
                  """
                  pekko.loglevel = error
                  pekko.actor.provider = remote
                  pekko.remote.artery {
                    transport = tcp
                    canonical { hostname = "127.0.0.1", port = 0 }
                  }
                  """)
              .withFallback(
                  ConfigFactory.load()
                      .getConfig("tributary-cluster")
                      .withOnlyPath("pekko.actor")) // as the cluster has it
              .withFallback(ConfigFactory.load()));

  private static final TestProbe<FromSlot> PROBE = KIT.createTestProbe(FromSlot.class);
  private static final WireSerializer SERIALIZER =
      new WireSerializer((ExtendedActorSystem) Adapter.toClassic(KIT.system()));

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private static Map<String, WireMessage> messages() {
    return WireMessages.all(PROBE.getRef());
  }

  /** An address that is the same in every process. */
  private static ActorRef<FromSlot> fixed() {
    return ActorRefResolver.get(KIT.system())
        .resolveActorRef("pekko://tributary@trainer:25520/user/nodes/a/sampler-0#42");
  }

  /** What a later build may have to say. */
  private record Invention() {}

  /** The serializer of a later build. */
  public static final class LaterSerializer extends SerializerWithStringManifest {
    private final WireSerializer present;

    /** Made by Pekko. */
    public LaterSerializer(ExtendedActorSystem system) {
      this.present = new WireSerializer(system);
    }

    @Override
    public int identifier() {
      return present.identifier();
    }

    @Override
    public String manifest(Object message) {
      return message instanceof Invention ? "invention.1" : present.manifest(message);
    }

    @Override
    public byte[] toBinary(Object message) {
      return message instanceof Invention ? new byte[] {42} : present.toBinary(message);
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
      return present.fromBinary(bytes, manifest);
    }
  }

  @Test
  void whatAnotherBuildInventsIsDroppedAndTheConnectionGoesOn() {
    ActorTestKit later =
        ActorTestKit.create(
            ConfigFactory.parseString(
                    """
                    pekko.actor.serializers.tributary = "%s"
                    pekko.actor.serialization-bindings."%s" = tributary
                    """
                        .formatted(LaterSerializer.class.getName(), Invention.class.getName()))
                .withFallback(KIT.system().settings().config()));
    try {
      TestProbe<Object> here = KIT.createTestProbe();
      ActorRef<Object> there =
          ActorRefResolver.get(later.system())
              .resolveActorRef(
                  ActorRefResolver.get(KIT.system()).toSerializationFormat(here.getRef()));
      for (long i = 0; i < 3; i++) {
        there.tell(new Invention());
        there.tell(new ToNode.Ping(i));
        here.expectMessage(new ToNode.Ping(i));
      }
    } finally {
      later.shutdownTestKit();
    }
  }

  @Test
  void everyMessageIsReadAsItWasWritten() throws NotSerializableException {
    for (Map.Entry<String, WireMessage> each : messages().entrySet()) {
      assertThat(SERIALIZER.manifest(each.getValue())).isEqualTo(each.getKey());
      byte[] bytes = SERIALIZER.toBinary(each.getValue());
      assertThat(SERIALIZER.fromBinary(bytes, each.getKey()))
          .usingRecursiveComparison()
          .isEqualTo(each.getValue());

      ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
      SERIALIZER.toBinary(each.getValue(), buffer);
      buffer.flip();
      byte[] written = new byte[buffer.remaining()];
      buffer.duplicate().get(written);
      assertThat(written).as("in a buffer").isEqualTo(bytes);
      assertThat(SERIALIZER.fromBinary(buffer, each.getKey()))
          .usingRecursiveComparison()
          .isEqualTo(each.getValue());
    }
  }

  @Test
  void thereIsAFormatForEveryMessageAndNothingElse() {
    assertThat(messages().values())
        .extracting(Object::getClass)
        .containsExactlyInAnyOrderElementsOf(Sealed.leaves(WireMessage.class));
    assertThatThrownBy(() -> SERIALIZER.manifest("text"))
        .hasMessage("class java.lang.String has no wire format");
  }

  @Test
  void theClusterWritesItsMessagesWithIt() throws NotSerializableException {
    Serialization serialization = SerializationExtension.get(KIT.system());
    for (WireMessage each : messages().values()) {
      assertThat(serialization.serializerFor(each.getClass())).isInstanceOf(WireSerializer.class);
    }
    assertThat(KIT.system().settings().config().getBoolean("pekko.actor.allow-java-serialization"))
        .isFalse();
  }

  /** What is written today can be read by a worker of another build; a change is a new manifest. */
  @Test
  void theBytesOfAFormatNeverChange() throws IOException {
    Properties golden = new Properties();
    try (InputStream in =
        Objects.requireNonNull(getClass().getResourceAsStream("/cluster/wire.properties"))) {
      golden.load(in);
    }
    for (Map.Entry<String, WireMessage> each : WireMessages.all(fixed()).entrySet()) {
      String written = HexFormat.of().formatHex(SERIALIZER.toBinary(each.getValue()));
      if (Boolean.getBoolean(PRINT)) {
        System.out.println(each.getKey() + " = " + written);
        continue;
      }
      assertThat(written).as(each.getKey()).isEqualTo(golden.getProperty(each.getKey()));
      assertThat(
              SERIALIZER.fromBinary(
                  HexFormat.of().parseHex(golden.getProperty(each.getKey())), each.getKey()))
          .usingRecursiveComparison()
          .isEqualTo(each.getValue());
    }
  }

  /** They are written by ordinal. */
  @Test
  void constantsAreOnlyEverAddedAtTheEnd() {
    assertThat(SlotKind.values()).startsWith(SlotKind.SAMPLER, SlotKind.SCORER);
    assertThat(Purpose.values()).startsWith(Purpose.TRAINING, Purpose.FITTING, Purpose.WINDOW);
    assertThat(BlockedReason.values())
        .startsWith(
            BlockedReason.INPUT,
            BlockedReason.EVALUATION,
            BlockedReason.WINDOW,
            BlockedReason.CHECKPOINT,
            BlockedReason.ADMISSION,
            BlockedReason.WEIGHTS,
            BlockedReason.PAUSED);
  }

  @Test
  void whatIsUnknownOrCutOffOrTooLongIsRefused() {
    assertThatExceptionOfType(NotSerializableException.class)
        .isThrownBy(() -> SERIALIZER.fromBinary(new byte[0], "draw-lease.1"))
        .withMessage("unknown message draw-lease.1");
    for (Map.Entry<String, WireMessage> each : messages().entrySet()) {
      byte[] bytes = SERIALIZER.toBinary(each.getValue());
      for (int length = 0; length < bytes.length; length++) {
        byte[] part = Arrays.copyOf(bytes, length);
        assertThatExceptionOfType(NotSerializableException.class)
            .as("%s cut off after %d bytes", each.getKey(), length)
            .isThrownBy(() -> SERIALIZER.fromBinary(part, each.getKey()));
      }
      byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
      assertThatExceptionOfType(NotSerializableException.class)
          .isThrownBy(() -> SERIALIZER.fromBinary(longer, each.getKey()))
          .withMessageContaining("1 bytes after its end");
    }
  }

  /** Were a length believed, an array of 2 GiB would be allocated, and this test would fail. */
  @Test
  void aLengthIsNotBelievedBeforeTheBytesAreThere() {
    byte[] bytes = SERIALIZER.toBinary(messages().get("failed.1"));
    int length = 8 + 8 + 1 + 8; // of the id
    byte[] hostile = Arrays.copyOf(bytes, length + 5);
    System.arraycopy(new byte[] {-1, -1, -1, -1, 7}, 0, hostile, length, 5);
    assertThatExceptionOfType(NotSerializableException.class)
        .isThrownBy(() -> SERIALIZER.fromBinary(hostile, "failed.1"))
        .withMessageContaining("2147483647 elements announced, 0 bytes left");
  }

  @Test
  void noBytesAtAllDoMoreThanFailToBeRead() {
    Random random = new Random(1);
    for (Map.Entry<String, WireMessage> each : messages().entrySet()) {
      byte[] bytes = SERIALIZER.toBinary(each.getValue());
      for (int i = 0; i < 100; i++) {
        byte[] changed = bytes.clone();
        for (int j = 0; j <= random.nextInt(4); j++) {
          changed[random.nextInt(changed.length)] = (byte) random.nextInt();
        }
        try {
          SERIALIZER.fromBinary(changed, each.getKey());
        } catch (NotSerializableException e) {
          assertThat(e).hasMessageContaining(each.getKey());
        }
      }
    }
  }

  @Test
  void timesThatRunBackwardsAreRefused() {
    WorkTime backwards = new WorkTime(Duration.ofNanos(-1), Map.of());
    WorkTime waits = new WorkTime(Duration.ZERO, Map.of(BlockedReason.INPUT, Duration.ofNanos(-1)));
    LeaseId id = new LeaseId(-1, 1, Purpose.TRAINING, 1);
    for (WorkTime time : List.of(backwards, waits)) {
      byte[] bytes = SERIALIZER.toBinary(new FromSlot.Failed(id, "", time, true));
      assertThatExceptionOfType(NotSerializableException.class)
          .isThrownBy(() -> SERIALIZER.fromBinary(bytes, "failed.1"))
          .withMessageContaining("a duration of -1 ns");
    }
  }

  @Test
  void aDrawAndItsScoresTakeNoMoreThanTheConfigurationCountsWith() {
    int length = 50;
    int features = 3;
    int[] tokens = new int[length];
    Arrays.fill(tokens, Integer.MAX_VALUE); // which takes the most bytes
    List<Sequence> sequences = new ArrayList<>();
    List<FromSlot.Score> scores = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      sequences.add(new Sequence(1, i, tokens, new double[length], 1));
      scores.add(
          new FromSlot.Score(
              i,
              "x".repeat(16 * length),
              new double[features],
              0,
              new double[length],
              new double[2 * length],
              0,
              length));
    }
    Draw draw = new Draw(1, Purpose.TRAINING, 1, sequences);
    LeaseId id = new LeaseId(-1, 1, Purpose.TRAINING, 1);
    FromSlot.Scored scored = new FromSlot.Scored(id, scores, 0, WorkTime.NONE);
    assertThat(scored.bytes())
        .isCloseTo(SERIALIZER.toBinary(scored).length, Percentage.withPercentage(2));
    for (WireMessage each :
        List.of(
            new FromSlot.Drawn(id, draw, WorkTime.NONE),
            new ToSlot.ScoreLease(id, draw, Map.of("feature", 0.5), fixed()),
            scored)) {
      assertThat((long) SERIALIZER.toBinary(each).length)
          .isLessThanOrEqualTo(ClusterConfig.messageBytes(300, length, features, 2));
    }
  }

  @Test
  void aBufferThatIsTooSmallIsReportedAsPekkoExpects() {
    assertThatExceptionOfType(BufferOverflowException.class)
        .isThrownBy(
            () -> SERIALIZER.toBinary(messages().get("drawn.1"), ByteBuffer.allocateDirect(20)));
  }
}
