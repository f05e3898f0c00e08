package io.threadmill.web.batch;

import io.threadmill.batch.Batch;
import java.net.URI;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** The 202 of a batch. */
final class Accepted {

  private Accepted() {}

  static ResponseEntity.BodyBuilder answer(Batch batch) {
    return ResponseEntity.accepted()
        .location(URI.create("/v1/batches/" + batch.id()))
        .header(HttpHeaders.RETRY_AFTER, "1")
        .contentType(MediaType.APPLICATION_JSON);
  }
}
