package io.tributary.cluster.wire;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.io.ByteBufferInput;
import com.esotericsoftware.kryo.io.ByteBufferOutput;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.KryoBufferOverflowException;
import com.esotericsoftware.kryo.io.Output;
import java.io.NotSerializableException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.ByteBufferSerializer;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Writes messages with Kryo, one instance per thread. The manifest names the message and the
 * version of its format, such as {@code draw-lease.1}; what has an unknown one, or can't be read,
 * is dropped by Pekko with a warning.
 */
public final class WireSerializer extends SerializerWithStringManifest
    implements ByteBufferSerializer {
  private static final int IDENTIFIER = 1_953_655_138;
  private static final int FIRST_BYTES = 4096;

  private final Map<String, Codec<?>> byManifest = new HashMap<>();
  private final Map<Class<?>, Codec<?>> byType = new HashMap<>();
  private final ThreadLocal<Kryo> kryo;

  /** Made by Pekko. */
  public WireSerializer(ExtendedActorSystem system) {
    Stream.concat(WorkCodecs.all().stream(), NodeCodecs.all().stream())
        .forEach(
            codec -> {
              byManifest.put(codec.manifest(), codec);
              byType.put(codec.type(), codec);
            });
    ActorRefResolver resolver = ActorRefResolver.get(Adapter.toTyped(system));
    this.kryo = ThreadLocal.withInitial(() -> kryo(new ActorRefs(resolver)));
  }

  private Kryo kryo(ActorRefs refs) {
    Kryo made = new Kryo();
    made.setRegistrationRequired(true);
    made.setReferences(false);
    byType.values().forEach(codec -> made.register(codec.type(), codec));
    refs.bindTo(made);
    return made;
  }

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object message) {
    return codec(message).manifest();
  }

  @Override
  public byte[] toBinary(Object message) {
    Output out = new Output(FIRST_BYTES, Integer.MAX_VALUE - 8);
    write(out, message);
    return out.toBytes();
  }

  @Override
  public void toBinary(Object message, ByteBuffer buffer) {
    try {
      write(new ByteBufferOutput(buffer), message);
    } catch (KryoBufferOverflowException e) {
      throw (BufferOverflowException)
          new BufferOverflowException().initCause(e); // as Artery expects
    }
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    return read(new Input(bytes), manifest);
  }

  @Override
  public Object fromBinary(ByteBuffer buffer, String manifest) throws NotSerializableException {
    return read(new ByteBufferInput(buffer), manifest);
  }

  @SuppressWarnings("unchecked")
  private <T> void write(Output out, T message) {
    kryo.get().writeObject(out, message, (Codec<T>) codec(message));
  }

  private Codec<?> codec(Object message) {
    Codec<?> codec = byType.get(message.getClass());
    if (codec == null) {
      throw new IllegalArgumentException(message.getClass() + " has no wire format");
    }
    return codec;
  }

  private Object read(Input in, String manifest) throws NotSerializableException {
    Codec<?> codec = byManifest.get(manifest);
    if (codec == null) {
      throw new NotSerializableException("unknown message " + manifest);
    }
    try {
      Object message = kryo.get().readObject(in, codec.type(), codec);
      int left = in.limit() - in.position();
      if (left != 0) {
        throw new KryoException(left + " bytes after its end");
      }
      return message;
    } catch (KryoException | IllegalArgumentException e) {
      throw (NotSerializableException)
          new NotSerializableException(manifest + " can't be read: " + e.getMessage()).initCause(e);
    }
  }
}
