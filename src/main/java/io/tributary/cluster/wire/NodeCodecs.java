package io.tributary.cluster.wire;

import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.tributary.cluster.transfer.Manifest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/** How the messages between trainer and nodes are written. */
final class NodeCodecs {
  private static final HexFormat HEX = HexFormat.of();
  private static final int HASH_BYTES = 32;
  private static final SlotKind[] KINDS = SlotKind.values();

  private NodeCodecs() {}

  /** All of them, by manifest. */
  static List<Codec<?>> all() {
    return List.of(
        new Codec<>(
            "hello.1",
            ToTrainer.Hello.class,
            (out, refs, m) -> {
              out.writeInt(m.oldestProtocol(), true);
              out.writeInt(m.newestProtocol(), true);
              Wire.string(out, m.build());
              Wire.string(out, m.metrics());
              Wire.string(out, m.token());
              refs.write(out, m.node());
            },
            (in, refs) ->
                new ToTrainer.Hello(
                    in.readInt(true),
                    in.readInt(true),
                    Wire.string(in),
                    Wire.string(in),
                    Wire.string(in),
                    refs.read(in))),
        new Codec<>(
            "ready.1",
            ToTrainer.Ready.class,
            (out, refs, m) -> {
              out.writeLong(m.epoch());
              out.writeInt(m.offer(), true);
              Wire.string(out, m.numerics());
              Wire.list(
                  out,
                  m.slots(),
                  (o, slot) -> {
                    Wire.constant(o, slot.kind());
                    Wire.string(o, slot.device());
                    refs.write(o, slot.slot());
                  });
              refs.write(out, m.node());
            },
            (in, refs) ->
                new ToTrainer.Ready(
                    in.readLong(),
                    in.readInt(true),
                    Wire.string(in),
                    Wire.list(
                        in,
                        i ->
                            new ToTrainer.OfferedSlot(
                                Wire.constant(i, KINDS), Wire.string(i), refs.read(i))),
                    refs.read(in))),
        new Codec<>(
            "leaving.1",
            ToTrainer.Leaving.class,
            (out, refs, m) -> {
              Wire.string(out, m.reason());
              refs.write(out, m.node());
            },
            (in, refs) -> new ToTrainer.Leaving(Wire.string(in), refs.read(in))),
        new Codec<>(
            "pong.1",
            ToTrainer.Pong.class,
            (out, refs, m) -> {
              out.writeLong(m.sentNanos());
              refs.write(out, m.node());
            },
            (in, refs) -> new ToTrainer.Pong(in.readLong(), refs.read(in))),
        new Codec<>(
            "welcome.1",
            ToNode.Welcome.class,
            (out, refs, m) -> {
              out.writeLong(m.epoch());
              out.writeInt(m.protocol(), true);
              Wire.string(out, m.run());
              Wire.string(out, m.configuration());
              Wire.list(out, m.files(), NodeCodecs::manifest);
              Wire.string(out, m.source());
              Wire.string(out, m.secret());
              out.writeLong(m.acceptableHeartbeatPause().toMillis());
              out.writeLong(m.stableAfter().toMillis());
            },
            (in, refs) ->
                new ToNode.Welcome(
                    in.readLong(),
                    in.readInt(true),
                    Wire.string(in),
                    Wire.string(in),
                    Wire.list(in, NodeCodecs::manifest),
                    Wire.string(in),
                    Wire.string(in),
                    Duration.ofMillis(in.readLong()),
                    Duration.ofMillis(in.readLong()))),
        new Codec<>(
            "refused.1",
            ToNode.Refused.class,
            (out, refs, m) -> Wire.string(out, m.reason()),
            (in, refs) -> new ToNode.Refused(Wire.string(in))),
        new Codec<>(
            "admitted.1",
            ToNode.Admitted.class,
            (out, refs, m) -> {
              out.writeLong(m.epoch());
              out.writeInt(m.offer(), true);
              Wire.string(out, m.name());
            },
            (in, refs) -> new ToNode.Admitted(in.readLong(), in.readInt(true), Wire.string(in))),
        new Codec<>(
            "ping.1",
            ToNode.Ping.class,
            (out, refs, m) -> out.writeLong(m.sentNanos()),
            (in, refs) -> new ToNode.Ping(in.readLong())),
        new Codec<>(
            "drain.1",
            ToNode.Drain.class,
            (out, refs, m) -> Wire.string(out, m.reason()),
            (in, refs) -> new ToNode.Drain(Wire.string(in))),
        new Codec<>(
            "provide.1",
            ToNode.Provide.class,
            (out, refs, m) -> {
              out.writeInt(m.samplers(), true);
              out.writeInt(m.scorers(), true);
            },
            (in, refs) -> new ToNode.Provide(in.readInt(true), in.readInt(true))),
        new Codec<>(
            "dismissed.1",
            ToNode.Dismissed.class,
            (out, refs, m) -> Wire.string(out, m.reason()),
            (in, refs) -> new ToNode.Dismissed(Wire.string(in))));
  }

  static void manifest(Output out, Manifest manifest) {
    Wire.string(out, manifest.name());
    out.writeLong(manifest.size());
    out.writeInt(manifest.chunkSize(), true);
    Wire.list(out, manifest.chunks(), (o, hash) -> o.writeBytes(HEX.parseHex(hash)));
    out.writeBytes(HEX.parseHex(manifest.id()));
  }

  static Manifest manifest(Input in) {
    String name = Wire.string(in);
    long size = in.readLong();
    int chunkSize = in.readInt(true);
    List<String> chunks = Wire.list(in, NodeCodecs::hash);
    try {
      return new Manifest(name, size, chunkSize, chunks, hash(in));
    } catch (ArithmeticException e) {
      throw new KryoException("a size that can't be", e);
    }
  }

  private static String hash(Input in) {
    return HEX.formatHex(in.readBytes(HASH_BYTES));
  }
}
