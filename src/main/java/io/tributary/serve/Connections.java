package io.tributary.serve;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SharedKillSwitch;
import org.apache.pekko.stream.TLSClosing;
import org.apache.pekko.stream.TLSProtocol.SessionBytes;
import org.apache.pekko.stream.TLSProtocol.SslTlsInbound;
import org.apache.pekko.stream.TLSProtocol.SslTlsOutbound;
import org.apache.pekko.stream.UniqueKillSwitch;
import org.apache.pekko.stream.javadsl.BidiFlow;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.TLS;
import org.apache.pekko.stream.javadsl.TLSPlacebo;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.util.ByteString;
import scala.concurrent.duration.FiniteDuration;

/**
 * Serves connections: TLS, HTTP, one request after another. A connection ends when its client
 * closes it, or when for {@link Limits#idle()} no request has been completed and no answer made,
 * however many bytes come or go.
 */
final class Connections {

  /**
   * Pekko's HTTP parser recurses once per pipelined request in a chunk of bytes, and would overflow
   * the stack on a chunk with thousands of them.
   */
  private static final int PIECE_BYTES = 512;

  private final Http http;
  private final ServerSettings settings;
  private final Limits limits;
  private final Optional<Certificate> tls;
  private final CompletableFuture<Endpoints> endpoints;
  private final SharedKillSwitch requests = KillSwitches.shared("http-requests");
  private final Materializer materializer;
  private final Executor thread; // the server's own

  Connections(
      ActorSystem<?> system,
      Limits limits,
      Optional<Certificate> tls,
      CompletableFuture<Endpoints> endpoints,
      Executor thread) {
    this.http = Http.get(system);
    this.settings = limits.applyTo(ServerSettings.create(Adapter.toClassic(system)));
    this.limits = limits;
    this.tls = tls;
    this.endpoints = endpoints;
    this.thread = thread;
    this.materializer = Materializer.matFromSystem(system);
  }

  /** Stops reading requests on all connections; answers under way are still sent. */
  void stop() {
    requests.shutdown();
  }

  /** Serves a connection; completes when it is closed, for whatever reason. */
  CompletionStage<Done> serve(Tcp.IncomingConnection connection) {
    Flow<HttpResponse, HttpRequest, Pair<UniqueKillSwitch, CompletionStage<Done>>> client =
        http.serverLayer(settings)
            .atop(BidiFlow.fromFlows(Flow.of(SslTlsOutbound.class), pieces()))
            .atop(tls.map(Connections::encryption).orElseGet(Connections::noEncryption))
            .atop(BidiFlow.fromGraph(KillSwitches.singleBidi()), Keep.right())
            .join(connection.flow().watchTermination(Keep.right()), Keep.both());
    Pair<Pair<UniqueKillSwitch, CompletionStage<Done>>, CompletionStage<Done>> running =
        client
            .joinMat(handler(connection.remoteAddress()), Keep.both())
            .withAttributes(ActorAttributes.dispatcher(HttpService.DISPATCHER))
            .run(materializer);
    CompletionStage<Done> closed =
        running.first().second().handleAsync((done, failure) -> Done.getInstance(), thread);
    running
        .second()
        .whenCompleteAsync((done, failure) -> close(running.first().first(), closed), thread);
    return closed;
  }

  private Flow<HttpRequest, HttpResponse, CompletionStage<Done>> handler(InetSocketAddress peer) {
    String from = peer.getAddress().getHostAddress() + ":" + peer.getPort();
    return BidiFlow.<HttpRequest, HttpResponse>bidirectionalIdleTimeout(limits.idle())
        .join(
            Flow.of(HttpRequest.class)
                .via(requests.flow())
                .mapAsync(1, request -> endpoints.thenCompose(all -> all.answer(request, from))))
        .watchTermination(Keep.right())
        .recoverWithRetries(1, TimeoutException.class, Source::never)
        .onErrorComplete();
  }

  /** Nothing more will be answered; what was answered has some time to be sent. */
  private void close(UniqueKillSwitch bytes, CompletionStage<Done> closed) {
    Cancellable overdue =
        materializer.scheduleOnce(
            FiniteDuration.create(limits.linger().toMillis(), "ms"),
            () -> bytes.abort(new TimeoutException("the client does not read")));
    closed.thenRunAsync(overdue::cancel, thread);
  }

  private static Flow<SslTlsInbound, SslTlsInbound, NotUsed> pieces() {
    return Flow.of(SslTlsInbound.class)
        .mapConcat(
            inbound ->
                inbound instanceof SessionBytes bytes && bytes.bytes().size() > PIECE_BYTES
                    ? pieces(bytes)
                    : List.of(inbound));
  }

  private static List<SslTlsInbound> pieces(SessionBytes bytes) {
    List<SslTlsInbound> pieces = new ArrayList<>();
    for (ByteString rest = bytes.bytes(); !rest.isEmpty(); rest = rest.drop(PIECE_BYTES)) {
      pieces.add(new SessionBytes(bytes.session(), rest.take(PIECE_BYTES)));
    }
    return pieces;
  }

  private static BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed>
      encryption(Certificate certificate) {
    return TLS.create(certificate::engine, TLSClosing.eagerClose());
  }

  private static BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed>
      noEncryption() {
    BidiFlow<SslTlsOutbound, SslTlsOutbound, SessionBytes, SslTlsInbound, NotUsed> asEncrypted =
        BidiFlow.fromFlows(
            Flow.of(SslTlsOutbound.class), Flow.of(SessionBytes.class).map(bytes -> bytes));
    return asEncrypted.atop(TLSPlacebo.getInstance());
  }
}
