package io.tributary.serve;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpMethod;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.RequestEntity;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.Allow;
import org.apache.pekko.http.javadsl.model.headers.CacheControl;
import org.apache.pekko.http.javadsl.model.headers.CacheDirectives;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.scaladsl.model.EntityStreamSizeException;
import org.apache.pekko.http.scaladsl.model.IllegalUriException;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests: checks access, path, method, media type and size, reads the body, and calls the
 * handler. Pekko's routing directives are not used: they complete on the actor system's dispatcher,
 * outside of {@link CpuThrottle}.
 *
 * @param thread the server's own, on which handlers continue once the body has been read
 */
record Endpoints(
    Routes routes, Access access, Limits limits, Materializer materializer, Executor thread) {

  private static final Logger log = LoggerFactory.getLogger(Endpoints.class);

  /** Answers are not cached, and pages load nothing from elsewhere. */
  private static final List<HttpHeader> HEADERS =
      List.of(
          CacheControl.create(CacheDirectives.NO_STORE),
          RawHeader.create("X-Content-Type-Options", "nosniff"),
          RawHeader.create(
              "Content-Security-Policy",
              "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
          RawHeader.create("Cross-Origin-Resource-Policy", "same-origin"),
          RawHeader.create("Referrer-Policy", "no-referrer"));

  /**
   * Answers a request; errors become answers too.
   *
   * @param from address and port of the client
   */
  CompletionStage<HttpResponse> answer(HttpRequest request, String from) {
    CompletionStage<HttpResponse> response;
    try {
      response = handle(request, from);
    } catch (RuntimeException e) {
      response = CompletableFuture.failedFuture(e);
    }
    return response
        .exceptionally(failure -> failed(request, failure))
        .thenApply(answer -> answer.addHeaders(HEADERS));
  }

  private CompletionStage<HttpResponse> handle(HttpRequest request, String from) {
    String path = request.getUri().path();
    HttpResponse refusal = access.refusal(request, routes.isOpen(path));
    if (refusal != null) {
      return refuse(request, refusal);
    }
    if (request.entity().getContentLengthOption().orElse(0) > limits.bodyBytes()) {
      return refuse(request, tooLarge());
    }
    Routes.Handler handler = routes.find(path, request.method());
    if (handler == null) {
      return refuse(request, routes.methods(path).isEmpty() ? unknown() : wrongMethod(path));
    }
    if (!request.method().equals(HttpMethods.GET) && !takesBodyOf(request.entity())) {
      return refuse(
          request,
          Answers.error(
              StatusCodes.UNSUPPORTED_MEDIA_TYPE,
              "expected a body of type application/json, or no body and no Content-Type"));
    }
    if (request.entity() instanceof HttpEntity.Strict body) {
      return answer(handler, new Routes.Call(request, body.getData().toArray(), from));
    }
    return body(request)
        .thenComposeAsync(
            body -> answer(handler, new Routes.Call(request, body.toArray(), from)), thread);
  }

  private CompletionStage<ByteString> body(HttpRequest request) {
    return request
        .entity()
        .withSizeLimit(limits.bodyBytes())
        .getDataBytes()
        .completionTimeout(limits.request())
        .toMat(Sink.fold(ByteString.emptyByteString(), ByteString::concat), Keep.right())
        .withAttributes(ActorAttributes.dispatcher(HttpService.DISPATCHER))
        .run(materializer);
  }

  /** A handler that throws is treated like one whose promise fails. */
  private static CompletionStage<HttpResponse> answer(Routes.Handler handler, Routes.Call call) {
    try {
      return handler.answer(call);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletionStage<HttpResponse> refuse(HttpRequest request, HttpResponse response) {
    request.discardEntityBytes(materializer);
    return Answers.now(response);
  }

  /** Nothing that an HTML form can send. */
  private static boolean takesBodyOf(RequestEntity body) {
    return body.getContentType().mediaType().equals(MediaTypes.APPLICATION_JSON)
        || (body.getContentType().equals(ContentTypes.NO_CONTENT_TYPE)
            && body.getContentLengthOption().orElse(-1) == 0);
  }

  private HttpResponse wrongMethod(String path) {
    HttpMethod[] allowed = routes.methods(path).toArray(HttpMethod[]::new);
    return Answers.error(
            StatusCodes.METHOD_NOT_ALLOWED,
            "allowed here: "
                + String.join(", ", routes.methods(path).stream().map(HttpMethod::name).toList()))
        .addHeader(Allow.create(allowed));
  }

  private record Unknown(String error, List<String> paths) {}

  private HttpResponse unknown() {
    return Answers.json(
        StatusCodes.NOT_FOUND,
        new Unknown(
            "no such path",
            routes.paths().stream().filter(path -> !ConsoleEndpoints.isFile(path)).toList()));
  }

  private HttpResponse tooLarge() {
    return Answers.error(
        StatusCodes.CONTENT_TOO_LARGE,
        "a body may have at most %d bytes".formatted(limits.bodyBytes()));
  }

  private HttpResponse failed(HttpRequest request, Throwable thrown) {
    Throwable failure =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    if (failure instanceof SettingsJson.BadBodyException
        || failure instanceof IllegalUriException) {
      return Answers.error(StatusCodes.BAD_REQUEST, String.valueOf(failure.getMessage()));
    } else if (failure instanceof TimeoutException) {
      return Answers.error(
          StatusCodes.REQUEST_TIMEOUT,
          "the body did not arrive within %s s".formatted(limits.request().toMillis() / 1e3));
    } else if (failure instanceof EntityStreamSizeException) {
      return tooLarge();
    }
    log.error("{} {} failed", request.method().name(), request.getUri().path(), failure);
    return Answers.error(StatusCodes.INTERNAL_SERVER_ERROR, "internal error; see the log");
  }
}
