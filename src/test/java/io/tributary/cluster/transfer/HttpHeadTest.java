package io.tributary.cluster.transfer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpHeadTest {
  private static InputStream in(String text) {
    return new ByteArrayInputStream(text.getBytes(ISO_8859_1));
  }

  @Test
  void readsTheHeadAndNothingBehindIt() throws IOException {
    InputStream in = in("GET /files/x HTTP/1.1\r\nRange: bytes=0-1\r\nX-Empty:\r\n\r\nbody");

    HttpHead head = HttpHead.read(in);

    assertThat(head.start()).containsExactly("GET", "/files/x", "HTTP/1.1");
    assertThat(head.field("range")).isEqualTo("bytes=0-1");
    assertThat(head.field("x-empty")).isEmpty();
    assertThat(in.readAllBytes()).asString().isEqualTo("body");
  }

  @Test
  void anEndBeforeTheFirstByteIsNoError() throws IOException {
    assertThat(HttpHead.read(in(""))).isNull();
    assertThatThrownBy(() -> HttpHead.read(in("GET"))).isInstanceOf(EOFException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\r\n\r\n", "GET / HTTP/1.1\r\n: x\r\n\r\n", "a\nb\n\n", "a\nx:1\nX:2\n\n"})
  void refusesWhatIsNoHead(String text) {
    assertThatThrownBy(() -> HttpHead.read(in(text))).isInstanceOf(ProtocolException.class);
  }

  @Test
  void readsNoMoreThanALimit() {
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 'x';
          }
        };

    assertThatThrownBy(() -> HttpHead.read(endless)).hasMessageContaining("more than 8,192 bytes");
  }

  @Test
  void randomBytesAreAtMostAnIoException() {
    Random random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      try {
        HttpHead.read(in(new String(noise, ISO_8859_1) + "\n\n"));
      } catch (IOException expected) {
        assertThat(expected.getMessage()).isNotNull();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "1e3", "9999999999999999999", " 5x"})
  void aNumberIsAWholeNumber(String value) throws IOException {
    HttpHead head = HttpHead.read(in("HTTP/1.1 200 OK\r\nContent-Length: " + value + "\r\n\r\n"));

    assertThatThrownBy(() -> head.number("content-length")).hasMessage("no valid content-length");
  }
}
