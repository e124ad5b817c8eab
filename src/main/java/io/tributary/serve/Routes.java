package io.tributary.serve;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.http.javadsl.model.HttpMethod;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.jspecify.annotations.Nullable;

/** The table of paths and methods, and what answers each. */
final class Routes {

  /** Makes an answer from snapshots, at once, or promises one; never waits. */
  @FunctionalInterface
  interface Handler {
    CompletionStage<HttpResponse> answer(Call call);
  }

  private final Map<String, Map<HttpMethod, Handler>> paths = new LinkedHashMap<>();
  private final Set<String> open = new HashSet<>();

  /** What answers GET, and with that HEAD. */
  Routes get(String path, Function<Call, HttpResponse> handler) {
    return add(HttpMethods.GET, path, call -> Answers.now(handler.apply(call)));
  }

  /** As {@code get}, and needs no token: nothing that it answers is a secret. */
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

  /** Whether a path needs no token. */
  boolean isOpen(String path) {
    return open.contains(path);
  }

  /** Null where nothing answers this method of this path. */
  @Nullable Handler find(String path, HttpMethod method) {
    return paths.getOrDefault(path, Map.of()).get(method);
  }

  /** The methods of a path; none where nothing is under it. */
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
