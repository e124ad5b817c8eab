package io.tributary.serve;

import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/**
 * A request that was let in and read whole.
 *
 * @param request its body is read already
 * @param body empty where there is none
 * @param from the peer's address and port, for the audit log
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
