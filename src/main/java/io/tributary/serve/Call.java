package io.tributary.serve;

import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;

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
