package io.tributary.cluster.wire;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.util.ObjectMap;
import java.util.Objects;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;

/** Writes addresses of actors as text, with the address of their machine. */
record ActorRefs(ActorRefResolver resolver) {

  /** Makes these the addresses that {@code kryo} writes and reads. */
  void bindTo(Kryo kryo) {
    contextOf(kryo).put(ActorRefs.class, this);
  }

  static ActorRefs of(Kryo kryo) {
    return (ActorRefs) Objects.requireNonNull(contextOf(kryo).get(ActorRefs.class));
  }

  @SuppressWarnings("unchecked")
  private static ObjectMap<Object, Object> contextOf(Kryo kryo) {
    return kryo.getContext();
  }

  void write(Output out, ActorRef<?> ref) {
    Wire.string(out, resolver.toSerializationFormat(ref));
  }

  <T> ActorRef<T> read(Input in) {
    return resolver.resolveActorRef(Wire.string(in));
  }
}
