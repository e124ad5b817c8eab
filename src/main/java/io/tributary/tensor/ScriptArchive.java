package io.tributary.tensor;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The archive that libtorch reads a TorchScript module from: its source, and one object of a class
 * of it as a pickle of protocol 2 (https://docs.python.org/3/library/pickletools.html).
 */
final class ScriptArchive {
  /** Of the operations that the source calls: that of PyTorch 1.12 to 2.7 at least. */
  private static final String VERSION = "10\n";

  private static final byte[] NO_CONSTANTS = {(byte) 0x80, 2, ')', '.'};

  private ScriptArchive() {}

  /** Parameters as {@link Script#load}. */
  static byte[] of(byte[] source, String type, Map<String, Object> attributes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      add(zip, "version", VERSION.getBytes(StandardCharsets.UTF_8));
      add(zip, "code/__torch__.py", source);
      add(zip, "constants.pkl", NO_CONSTANTS);
      add(zip, "data.pkl", object(type, attributes));
    }
    return bytes.toByteArray();
  }

  private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
    zip.putNextEntry(new ZipEntry("script/" + name));
    zip.write(content);
    zip.closeEntry();
  }

  private static byte[] object(String type, Map<String, Object> attributes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(new byte[] {(byte) 0x80, 2}); // PROTO
    out.writeBytes("c__torch__\n" + type + "\n"); // GLOBAL
    out.writeBytes(")\u0081}("); // EMPTY_TUPLE NEWOBJ EMPTY_DICT MARK
    for (Map.Entry<String, Object> attribute : new TreeMap<>(attributes).entrySet()) {
      write(out, attribute.getKey());
      write(out, attribute.getValue());
    }
    write(out, "training");
    write(out, false);
    out.writeBytes("ub."); // SETITEMS BUILD STOP
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, Object value) throws IOException {
    if (value instanceof String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      out.writeByte('X'); // BINUNICODE
      out.writeInt(Integer.reverseBytes(utf8.length));
      out.write(utf8);
    } else if (value instanceof Double number) {
      out.writeByte('G'); // BINFLOAT
      out.writeDouble(number);
    } else if (value instanceof Long number) {
      out.writeByte('J'); // BININT
      out.writeInt(Integer.reverseBytes(Math.toIntExact(number)));
    } else if (value instanceof Boolean flag) {
      out.writeByte(flag ? 0x88 : 0x89); // NEWTRUE, NEWFALSE
    } else {
      throw new IllegalArgumentException("not a Boolean, Long, Double or String: " + value);
    }
  }
}
