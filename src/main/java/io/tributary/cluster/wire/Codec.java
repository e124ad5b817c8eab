package io.tributary.cluster.wire;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;

/**
 * How one type of message is written.
 *
 * @param <T> the message
 */
final class Codec<T> extends Serializer<T> {
  /** Writes a message. */
  @FunctionalInterface
  interface Writer<T> {
    void write(Output out, ActorRefs refs, T message);
  }

  /** Reads a message. */
  @FunctionalInterface
  interface Reader<T> {
    T read(Input in, ActorRefs refs);
  }

  private final String manifest;
  private final Class<T> type;
  private final Writer<T> writer;
  private final Reader<T> reader;

  /**
   * @param manifest names type and version of the format
   */
  Codec(String manifest, Class<T> type, Writer<T> writer, Reader<T> reader) {
    this.manifest = manifest;
    this.type = type;
    this.writer = writer;
    this.reader = reader;
  }

  String manifest() {
    return manifest;
  }

  Class<T> type() {
    return type;
  }

  @Override
  public void write(Kryo kryo, Output out, T message) {
    writer.write(out, ActorRefs.of(kryo), message);
  }

  @Override
  public T read(Kryo kryo, Input in, Class<? extends T> expected) {
    return reader.read(in, ActorRefs.of(kryo));
  }
}
