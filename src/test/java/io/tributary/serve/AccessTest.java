package io.tributary.serve;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.config.HttpConfig;
import io.tributary.config.binding.ConfigException;
import io.tributary.testing.Http;
import io.tributary.testing.Slow;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may call the server: token, encryption, and where browsers come from. */
class AccessTest {
  private static final String TOKEN = "Zm9yLXRoaXMtdGVzdA.0123456789~+/==";
  private static final Map<String, String> IN_ENVIRONMENT = Map.of(Protection.VARIABLE, TOKEN);

  @TempDir private static Path directory;
  private static TestServer run;
  private static Certificates rsa;
  private static Certificates ec;
  private HttpService service;

  @BeforeAll
  static void start() throws Exception {
    run = new TestServer();
    rsa = new Certificates(directory, "RSA");
    ec = new Certificates(directory, "EC");
  }

  @AfterAll
  static void stop() {
    run.close();
  }

  @AfterEach
  void unbind() throws Exception {
    if (service != null) {
      service.stop(Duration.ofSeconds(1)).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  private static HttpConfig config(String host, Path tokenFile, Path certificate, Path key) {
    return new HttpConfig(
        host,
        0,
        List.of(),
        Optional.ofNullable(tokenFile),
        false,
        new HttpConfig.Tls(Optional.ofNullable(certificate), Optional.ofNullable(key)));
  }

  private static HttpConfig behindProxy(String host) {
    HttpConfig.Tls none = new HttpConfig.Tls(Optional.empty(), Optional.empty());
    return new HttpConfig(host, 0, List.of("trainer.example"), Optional.empty(), true, none);
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    return send("GET", path, headers);
  }

  private HttpResponse<String> send(String method, String path, String... headers)
      throws Exception {
    Http http = new Http(loopback(path));
    HttpRequest.Builder request =
        http.request(path).method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request);
  }

  private URI loopback(String path) {
    return URI.create(
        "%s://127.0.0.1:%d%s"
            .formatted(service.uri().getScheme(), service.address().getPort(), path));
  }

  private static String bearer(String token) {
    return "Bearer " + token;
  }

  @Test
  void everythingButHealthNeedsTheToken() throws Exception {
    service = run.start(TestServer.config("127.0.0.1", 0), IN_ENVIRONMENT, Limits.USUAL);
    for (String path : List.of("/metrics", "/status", "/config", "/nothing", "/control/drain")) {
      HttpResponse<String> stranger = get(path);
      assertThat(stranger.statusCode()).as(path).isEqualTo(401);
      assertThat(stranger.headers().firstValue("WWW-Authenticate"))
          .contains("Bearer realm=\"tributary\"");
      assertThat(get(path, "Authorization", bearer(TOKEN)).statusCode()).isNotEqualTo(401);
    }
    assertThat(send("POST", "/control/drain").statusCode()).isEqualTo(401);
    assertThat(send("PATCH", "/config").statusCode()).isEqualTo(401);
    assertThat(run.control.calls).isEmpty();
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(get("/health/ready").statusCode()).isEqualTo(200);
    assertThat(send("POST", "/control/drain", "Authorization", bearer(TOKEN)).statusCode())
        .isEqualTo(200);
    run.control.calls.clear();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic " + TOKEN,
        TOKEN,
        "Bearer " + TOKEN + "x",
        "Bearer Zm9yLXRoaXMtdGVzdA.0123456789~+/=",
      })
  void anythingElseIsNotTheToken(String authorization) throws Exception {
    service = run.start(TestServer.config("127.0.0.1", 0), IN_ENVIRONMENT, Limits.USUAL);
    HttpResponse<String> response = get("/status", "Authorization", authorization);
    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.body()).doesNotContain(TOKEN);
  }

  @Test
  void theFileGoesOverTheEnvironment() throws Exception {
    Path file = Certificates.secret(directory.resolve("token"), "the-token-of-the-file\n");
    service = run.start(config("127.0.0.1", file, null, null), IN_ENVIRONMENT, Limits.USUAL);
    assertThat(get("/status", "Authorization", bearer(TOKEN)).statusCode()).isEqualTo(401);
    assertThat(get("/status", "Authorization", "bearer the-token-of-the-file").statusCode())
        .isEqualTo(200);
  }

  private static void refused(HttpConfig http, Map<String, String> environment, String... reasons) {
    assertThatThrownBy(() -> Protection.of(http, environment))
        .isInstanceOf(ConfigException.class)
        .message()
        .contains(reasons)
        .doesNotContain(TOKEN);
  }

  @Test
  void offLoopbackATokenAndEncryptionAreNeeded() {
    refused(
        config("0.0.0.0", null, rsa.certificate, rsa.key),
        Map.of(),
        "http.host: 0.0.0.0",
        "http.token-file",
        "TRIBUTARY_HTTP_TOKEN");
    refused(
        config("::", null, null, null),
        IN_ENVIRONMENT,
        "http.host: ::",
        "http.tls.certificate-file",
        "http.allow-unencrypted");
    refused(behindProxy("127.0.0.1"), Map.of(), "http.allowed-hosts: [trainer.example]");
    refused(config("no-such-host.invalid", null, null, null), Map.of(), "http.host: no-such-host");
    assertThat(Protection.of(behindProxy("0.0.0.0"), IN_ENVIRONMENT).tls()).isEmpty();
  }

  @Test
  void aTokenThatIsNoneOrThatOthersMayReadIsRefused() throws Exception {
    refused(
        config("127.0.0.1", null, null, null),
        Map.of(Protection.VARIABLE, "short"),
        "TRIBUTARY_HTTP_TOKEN: a token of 5 characters; expected 16 to 1,024");
    Path odd = Certificates.secret(directory.resolve("odd"), TOKEN + " " + TOKEN);
    refused(config("127.0.0.1", odd, null, null), Map.of(), "http.token-file", "odd", "letters");
    Path large = Certificates.secret(directory.resolve("large"), "x".repeat(100_000));
    refused(config("127.0.0.1", large, null, null), Map.of(), "100,000 bytes");
    Path open = Certificates.secret(directory.resolve("open"), TOKEN);
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
    refused(
        config("127.0.0.1", open, null, null),
        Map.of(),
        "http.token-file",
        "rw-r--r--",
        "chmod 600");
    refused(
        config("127.0.0.1", directory.resolve("gone"), null, null),
        Map.of(),
        "http.token-file",
        "gone can't be read");
  }

  @Slow
  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC"})
  void tlsEncrypts(String algorithm) throws Exception {
    Certificates used = algorithm.equals("RSA") ? rsa : ec;
    service =
        run.start(
            config("0.0.0.0", null, used.certificate, used.key), IN_ENVIRONMENT, Limits.USUAL);
    assertThat(service.uri().getScheme()).isEqualTo("https");
    HttpClient client = HttpClient.newBuilder().sslContext(used.client()).build();
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(loopback("/status"))
                .header("Authorization", bearer(TOKEN))
                .header("Origin", "https://localhost:" + service.address().getPort())
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");
    HttpRequest otherScheme =
        HttpRequest.newBuilder(loopback("/status"))
            .header("Authorization", bearer(TOKEN))
            .header("Origin", "http://localhost:" + service.address().getPort())
            .build();
    assertThat(client.send(otherScheme, HttpResponse.BodyHandlers.discarding()).statusCode())
        .isEqualTo(403);
  }

  @Slow
  @Test
  void oldVersionsOfTlsAndPlainRequestsAreNotServed() throws Exception {
    service = run.start(config("127.0.0.1", null, ec.certificate, ec.key), Map.of(), Limits.USUAL);
    SSLContext trusting = ec.client();
    SSLParameters old = new SSLParameters();
    old.setProtocols(new String[] {"TLSv1.1"});
    HttpClient client = HttpClient.newBuilder().sslContext(trusting).sslParameters(old).build();
    HttpRequest request = HttpRequest.newBuilder(loopback("/status")).build();
    assertThatThrownBy(() -> client.send(request, HttpResponse.BodyHandlers.discarding()))
        .isInstanceOf(SSLException.class);
    HttpClient good = HttpClient.newBuilder().sslContext(trusting).build();
    assertThat(good.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
        .isEqualTo(200);
  }

  @Test
  void certificateAndKeyMustBeReadableAndBelongTogether() throws Exception {
    refused(
        config("127.0.0.1", null, rsa.certificate, ec.key),
        Map.of(),
        "http.tls.key-file",
        "is not the key of the first certificate in " + rsa.certificate);
    refused(
        config("127.0.0.1", null, rsa.key, rsa.key), Map.of(), "http.tls.certificate-file", "RSA");
    refused(
        config("127.0.0.1", null, rsa.certificate, rsa.certificate),
        Map.of(),
        "http.tls.key-file",
        "holds CERTIFICATE; expected PKCS #8 without a passphrase");
    Path encrypted =
        Certificates.write(
            directory.resolve("encrypted.pem"), "ENCRYPTED PRIVATE KEY", new byte[] {1, 2, 3});
    refused(
        config("127.0.0.1", null, rsa.certificate, encrypted),
        Map.of(),
        "holds ENCRYPTED PRIVATE KEY",
        "openssl pkcs8 -topk8 -nocrypt");
    Path broken =
        Certificates.write(directory.resolve("broken.pem"), "PRIVATE KEY", new byte[] {1, 2, 3});
    refused(
        config("127.0.0.1", null, rsa.certificate, broken), Map.of(), "no key that can be used");
    Path empty = Certificates.secret(directory.resolve("empty.pem"), "");
    refused(config("127.0.0.1", null, empty, rsa.key), Map.of(), "no certificate in " + empty);
    refused(config("127.0.0.1", null, rsa.certificate, empty), Map.of(), "no key in " + empty);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.7:8080, , 200",
    "[2001:db8::7]:8080, , 200",
    "trainer.example, https://trainer.example, 200",
    "trainer.example, http://trainer.example, 200",
    "trainer.example:8443, https://trainer.example:8443, 200",
    "trainer.example, https://trainer.example:8443, 403",
    "trainer.example, https://evil.example, 403",
    "evil.example, , 403",
    "10.0.0.7.evil.example, , 403",
    "127.0.0.1:8080, https://127.0.0.1:8080, 403",
  })
  void behindAProxyItsNameAndAnyAddressAreAllowed(String host, String origin, int expected)
      throws Exception {
    service = run.start(behindProxy("0.0.0.0"), IN_ENVIRONMENT, Limits.USUAL);
    String head =
        "GET /status HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nConnection: close\r\n%s\r\n"
            .formatted(host, TOKEN, origin == null ? "" : "Origin: " + origin + "\r\n");
    assertThat(TestServer.raw(loopback("/"), head.getBytes(US_ASCII)))
        .startsWith("HTTP/1.1 " + expected);
  }

  @ParameterizedTest
  @CsvSource({
    "same-origin, true, 200",
    "same-origin, false, 403",
    "cross-site, true, 403",
    "same-site, true, 403",
    "none, false, 403",
    "cross-site, false, 403",
  })
  void aBrowserMayChangeSomethingOnlyFromThisServersPages(
      String site, boolean withOrigin, int expected) throws Exception {
    String own = run.service.uri().toString();
    HttpRequest.Builder request =
        run.request("/control/resume")
            .POST(HttpRequest.BodyPublishers.noBody())
            .header("Sec-Fetch-Site", site);
    if (withOrigin) {
      request.header("Origin", own);
    }
    run.control.calls.clear();
    assertThat(run.send(request).statusCode()).isEqualTo(expected);
    assertThat(run.control.calls).hasSize(expected == 200 ? 1 : 0);
    run.control.calls.clear();
  }

  @Test
  void answersForbidFramesSniffingAndKeeping() throws Exception {
    HttpResponse<String> response = run.get("/status");
    assertThat(response.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'self'", "frame-ancestors 'none'");
    assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(response.headers().firstValue("Referrer-Policy")).contains("no-referrer");
  }
}
