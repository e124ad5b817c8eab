package io.tributary.config.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one engine is told the other one knows, in both directions. */
class ForwardingEngineTest {
  private SSLEngine engine;
  private ForwardingEngine forwarding;

  @BeforeEach
  void makeThem() throws Exception {
    engine = SSLContext.getDefault().createSSLEngine("node.example.org", 17355);
    engine.setUseClientMode(true);
    forwarding = new ForwardingEngine(engine);
  }

  /** Those of SSLEngine that are not abstract throw, or do nothing that the engine learns of. */
  @Test
  void noMethodIsForgotten() {
    List<String> shorthands = List.of("wrap", "unwrap", "getPeerHost", "getPeerPort");
    assertThat(SSLEngine.class.getDeclaredMethods())
        .filteredOn(method -> Modifier.isPublic(method.getModifiers()))
        .filteredOn(method -> !shorthands.contains(method.getName()))
        .allSatisfy(
            method ->
                assertThatCode(
                        () ->
                            ForwardingEngine.class.getDeclaredMethod(
                                method.getName(), method.getParameterTypes()))
                    .doesNotThrowAnyException());
  }

  @Test
  void itAnswersWhatTheEngineAnswers() throws Exception {
    List<Method> questions =
        Arrays.stream(SSLEngine.class.getMethods())
            .filter(method -> method.getName().matches("(get|is)[A-Z].*"))
            .filter(method -> method.getDeclaringClass() == SSLEngine.class)
            .filter(method -> !method.getName().matches("getDelegatedTask|getSSLParameters"))
            .toList();
    assertThat(questions).hasSizeGreaterThan(15);
    for (Method question : questions) {
      assertThat(question.invoke(forwarding))
          .as(question.getName())
          .isEqualTo(question.invoke(engine));
    }
    assertThat(forwarding.getPeerHost()).isEqualTo("node.example.org");
    assertThat(forwarding.getPeerPort()).isEqualTo(17355);
  }

  @Test
  void theEngineLearnsWhoAsksForCertificates() {
    for (boolean flag : List.of(false, true)) {
      forwarding.setUseClientMode(flag);
      assertSame(flag, SSLEngine::getUseClientMode);
      forwarding.setEnableSessionCreation(flag);
      assertSame(flag, SSLEngine::getEnableSessionCreation);
      forwarding.setNeedClientAuth(flag);
      assertSame(flag, SSLEngine::getNeedClientAuth);
      forwarding.setWantClientAuth(flag);
      assertSame(flag, SSLEngine::getWantClientAuth);
    }
  }

  @Test
  void theEngineLearnsProtocolsAndSuites() {
    forwarding.setEnabledProtocols(new String[] {"TLSv1.3"});
    assertThat(engine.getEnabledProtocols()).containsExactly("TLSv1.3");
    forwarding.setEnabledCipherSuites(new String[] {"TLS_AES_256_GCM_SHA384"});
    assertThat(engine.getEnabledCipherSuites()).containsExactly("TLS_AES_256_GCM_SHA384");

    SSLParameters parameters = forwarding.getSSLParameters();
    assertThat(parameters.getProtocols()).containsExactly("TLSv1.3");
    assertThat(parameters.getCipherSuites()).containsExactly("TLS_AES_256_GCM_SHA384");
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    forwarding.setSSLParameters(parameters);
    assertThat(engine.getSSLParameters().getEndpointIdentificationAlgorithm()).isEqualTo("HTTPS");
  }

  @Test
  void theEngineLearnsHowAnApplicationProtocolIsChosen() {
    BiFunction<SSLEngine, List<String>, String> first = (asked, offered) -> offered.get(0);
    forwarding.setHandshakeApplicationProtocolSelector(first);
    assertSame(first, SSLEngine::getHandshakeApplicationProtocolSelector);
  }

  @Test
  void aHandshakeBegunOnItIsTheEngines() throws Exception {
    assertThat(engine.getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
    forwarding.beginHandshake();
    assertThat(engine.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_WRAP);
    ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    assertThat(forwarding.wrap(ByteBuffer.allocate(0), hello).bytesProduced()).isPositive();
    assertThat(engine.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_UNWRAP);
  }

  @Test
  void theTwoDirectionsAreClosedOneByOne() throws Exception {
    forwarding.closeInbound();
    assertThat(engine.isInboundDone()).isTrue();
    forwarding.closeOutbound();
    assertThat(engine.isOutboundDone()).isEqualTo(forwarding.isOutboundDone()).isTrue();
  }

  @Test
  void aRefusalClosesTheEngineAndSaysWhatTheOtherSideHasNotDone() throws Exception {
    assertThat(forwarding.refusal("too large")).hasMessage("too large").hasNoSuppressedExceptions();
    assertThat(engine.isInboundDone()).isTrue();

    makeThem();
    forwarding.beginHandshake();
    assertThat(forwarding.refusal("too late").getSuppressed())
        .singleElement()
        .isInstanceOf(SSLException.class);
    assertThat(engine.isInboundDone()).isTrue();
  }

  private void assertSame(Object expected, Function<SSLEngine, Object> question) {
    assertThat(question.apply(engine)).isEqualTo(expected);
    assertThat(question.apply(forwarding)).isEqualTo(expected);
  }
}
