package io.threadmill.chaos;

import io.threadmill.chaos.History.Known;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;

/** Follows a job's events, hangs up after the first two and goes on at another instance. */
final class StreamReader {

  private final Client client;

  StreamReader(Client client) {
    this.client = client;
  }

  void follow(int first, int second, String id) {
    long call = client.recording().invoke("stream", first, null, id);
    var seen = new ArrayList<String>();
    boolean ended = read(first, id, "", 2, seen);
    for (int again = 0; again < 5 && !ended; again++) {
      String last = seen.isEmpty() ? "" : seen.getLast().split(" ", 2)[0];
      ended = read((second + again) % Cluster.SIZE, id, last, Integer.MAX_VALUE, seen);
    }
    client.recording().complete(call, ended ? Known.OK : Known.INFO, 200, id, null, 0, seen, "");
  }

  /** Adds {@code sequence name data} for each event; true at the end of the stream. */
  private boolean read(int slot, String id, String last, int most, List<String> seen) {
    var request = client.to(slot, "/v1/jobs/" + id + "/events").timeout(Duration.ofSeconds(20));
    if (!last.isEmpty()) {
      request.header("Last-Event-ID", last);
    }
    try (InputStream body =
            client.http().send(request.build(), BodyHandlers.ofInputStream()).body();
        var lines = new Scanner(body, StandardCharsets.UTF_8)) {
      String name = "";
      String sequence = "";
      int read = 0;
      while (read < most && lines.hasNextLine()) {
        String line = lines.nextLine();
        if (line.startsWith("event: ")) {
          name = line.substring(7);
        } else if (line.startsWith("id: ")) {
          sequence = line.substring(4);
        } else if (line.startsWith("data: ")) {
          seen.add(sequence + " " + name + " " + line.substring(6));
          read++;
          if (name.equals("end")) {
            return true;
          }
        }
      }
    } catch (IOException _) {
      // Cut off: it goes on from the last one seen.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return true;
    }
    return false;
  }
}
