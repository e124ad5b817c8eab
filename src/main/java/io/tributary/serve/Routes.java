package io.tributary.serve;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpMethod;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.jspecify.annotations.Nullable;

/** The table of paths and methods with their handlers. */
final class Routes {

  /**
   * An authorised request with its body.
   *
   * @param request its entity has been consumed
   * @param body empty if there is none
   * @param from address and port of the client, for the audit log
   */
  record Call(HttpRequest request, byte[] body, String from) {

    Optional<String> header(String name) {
      return request.getHeader(name).map(HttpHeader::value);
    }

    /** A parameter of the query. */
    Optional<String> parameter(String name) {
      return request.getUri().query().get(name);
    }
  }

  /** Answers at once from snapshots, or promises an answer; never blocks. */
  @FunctionalInterface
  interface Handler {
    CompletionStage<HttpResponse> answer(Call call);
  }

  private final Map<String, Map<HttpMethod, Handler>> paths = new LinkedHashMap<>();
  private final Set<String> open = new HashSet<>();

  /** A handler of GET, and thereby of HEAD. */
  Routes get(String path, Function<Call, HttpResponse> handler) {
    return add(HttpMethods.GET, path, call -> Answers.now(handler.apply(call)));
  }

  /** As {@link #get}, without a token: its answers hold no secret. */
  Routes openGet(String path, Function<Call, HttpResponse> handler) {
    open.add(path);
    return get(path, handler);
  }

  Routes post(String path, Handler handler) {
    return add(HttpMethods.POST, path, handler);
  }

  Routes patch(String path, Handler handler) {
    return add(HttpMethods.PATCH, path, handler);
  }

  private Routes add(HttpMethod method, String path, Handler handler) {
    paths.computeIfAbsent(path, any -> new LinkedHashMap<>()).put(method, handler);
    return this;
  }

  /** Whether this path needs no token. */
  boolean isOpen(String path) {
    return open.contains(path);
  }

  /** The handler of this method of this path; null if there is none. */
  @Nullable Handler find(String path, HttpMethod method) {
    return paths.getOrDefault(path, Map.of()).get(method);
  }

  /** The methods of a path; empty if there is no such path. */
  List<HttpMethod> methods(String path) {
    List<HttpMethod> methods = new ArrayList<>(paths.getOrDefault(path, Map.of()).keySet());
    if (methods.contains(HttpMethods.GET)) {
      methods.add(1, HttpMethods.HEAD);
    }
    return methods;
  }

  /** All paths, in the order in which they were added. */
  Set<String> paths() {
    return paths.keySet();
  }
}
