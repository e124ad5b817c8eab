package io.tributary.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.data.BadInputException;
import io.tributary.data.TensorBytes;
import io.tributary.testing.model.Tensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTensorsTest {
  private static final List<TensorBytes> TENSORS =
      List.of(
          Tensors.of("first", i -> i / 4.0, 2, 3),
          Tensors.of("scalar", i -> -1.5),
          Tensors.of("empty", i -> 0, 0, 4),
          Tensors.of("with \"quotes\" and ü", i -> 1 + i, 5));

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("model.safetensors");
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16"})
  void whatIsWrittenIsReadAgain(FloatType type) throws IOException {
    SafeTensors.write(file, TENSORS, type);

    Map<String, TensorBytes> read = SafeTensors.read(file, name -> true);

    assertThat(read.values()).usingRecursiveFieldByFieldElementComparator().isEqualTo(TENSORS);
    assertThat(ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).getLong())
        .as("values begin at a multiple of eight")
        .matches(headerBytes -> headerBytes % 8 == 0);
  }

  @Test
  void anExistingFileIsReplacedAsAWhole() throws IOException {
    Files.write(file, new byte[100_000]);
    SafeTensors.write(file, TENSORS, FloatType.F32);
    assertThat(SafeTensors.read(file, name -> true)).hasSize(4);
  }

  @Test
  void onlyWhatIsWantedIsRead() throws IOException {
    write("{\"a\":%s,\"b\":%s}".formatted(entry("F32", "1", 0, 4), entry("I64", "1", 4, 12)), 12);
    assertThat(SafeTensors.read(file, name -> name.equals("a"))).containsOnlyKeys("a");
  }

  @Test
  void aFileCutOffAnywhereIsRefused() throws IOException {
    SafeTensors.write(file, TENSORS, FloatType.F32);
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      assertRefused();
    }
  }

  @Test
  void aFileWithMoreDataThanTensorsIsRefused() throws IOException {
    write("{\"a\":%s}".formatted(entry("F32", "1", 0, 4)), 8);
    assertRefused("4", "8");
  }

  @Test
  void aMissingFileOrADirectoryIsNamed() throws IOException {
    assertRefused("does not exist");
    Files.createDirectory(file);
    assertRefused();
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 1, 1_000, 100_000_001L, Long.MAX_VALUE, Long.MIN_VALUE})
  void anAbsurdLengthOfTheHeaderIsRefused(long length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    Files.write(file, bytes.array());
    assertRefused(Long.toString(length));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "  ", "[]", "null", "7", "\"a\"", "{", "{\"a\":}", "{} {}", "\u0000\u0001"})
  void aHeaderThatIsNotAnObjectIsRefused(String header) throws IOException {
    write(header + "  ", 8);
    assertRefused();
  }

  @Test
  void aHeaderOfManyBracketsIsRefused() throws IOException {
    write("{\"a\":" + "[".repeat(200_000), 8);
    assertRefused();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "3",
        "[]",
        "{}",
        "{\"dtype\":\"F32\",\"shape\":[2]}",
        "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}",
        "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}",
        "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8.5]}",
        "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,\"x\"]}",
        "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,1e999999999]}",
        "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,99999999999999999999]}",
        "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,16]}",
        "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}",
        "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}",
        "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,8]}",
        "{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}",
        "{\"dtype\":\"F32\",\"shape\":[-1,-2],\"data_offsets\":[0,8]}",
        "{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}",
        "{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,8]}",
        "{\"dtype\":\"F32\",\"shape\":[[2]],\"data_offsets\":[0,8]}",
        "{\"dtype\":[\"F32\"],\"shape\":[2],\"data_offsets\":[0,8]}",
        "{\"dtype\":7,\"shape\":[2],\"data_offsets\":[0,8]}",
        "{\"shape\":[2],\"data_offsets\":[0,8]}",
        "{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]}",
        "{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}",
        "{\"dtype\":\"BOOL\",\"shape\":[8],\"data_offsets\":[0,8]}"
      })
  void aDamagedEntryIsRefusedWithTheTensorsName(String entry) throws IOException {
    write("{\"some.weight\":" + entry + "}", 8);
    assertRefused("some.weight");
  }

  @Test
  void tensorsThatOverlapOrLeaveAGapAreRefused() throws IOException {
    write("{\"a\":%s,\"b\":%s}".formatted(entry("F32", "2", 0, 8), entry("F32", "2", 4, 12)), 12);
    assertRefused("b", "overlap");
    write("{\"a\":%s,\"b\":%s}".formatted(entry("F32", "1", 0, 4), entry("F32", "1", 8, 12)), 12);
    assertRefused("b", "gap");
  }

  @Test
  void flippedBitsAreReadOrRefusedButNothingElse() throws IOException {
    SafeTensors.write(file, TENSORS, FloatType.F16);
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(7);
    int refused = 0;
    for (int round = 0; round < 2_500; round++) {
      byte[] damaged = whole.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        damaged[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(file, damaged);
      try {
        SafeTensors.read(file, name -> true);
      } catch (BadInputException e) {
        assertThat(e).hasMessageContaining(file.toString());
        refused++;
      }
    }
    assertThat(refused).isBetween(500, 2_499);
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(() -> SafeTensors.read(file, name -> true))
        .isInstanceOf(BadInputException.class)
        .message()
        .contains(file.toString())
        .satisfies(message -> assertThat(List.of(parts)).allMatch(message::contains));
  }

  private static String entry(String type, String shape, int begin, int end) {
    return "{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%d,%d]}"
        .formatted(type, shape, begin, end);
  }

  private void write(String header, int dataBytes) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file, bytes.putLong(json.length).put(json).array());
  }
}
