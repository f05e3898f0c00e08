package io.threadmill.web.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.threadmill.batch.Batch;
import io.threadmill.batch.BatchRepository.Positioned;
import io.threadmill.batch.BatchRepository.Rows;
import io.threadmill.batch.Batches;
import io.threadmill.events.JobEvent;
import io.threadmill.events.JobEvents;
import io.threadmill.job.JobId;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSnapshot.Membership;
import io.threadmill.job.JobSnapshot.StoredResult;
import io.threadmill.job.JobState;
import io.threadmill.web.ProblemException;
import io.threadmill.web.job.JobJson;
import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.coyote.CloseNowException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import tools.jackson.databind.json.JsonMapper;

/** One stream of results, with a store and a clock whose every step the test decides. */
@Timeout(30)
class ResultsStreamTests {

  private static final JobId ID = new JobId("0".repeat(26));

  private final Batches batches = mock(Batches.class);
  private final List<JobSnapshot> log = new ArrayList<>();
  private final JsonMapper mapper = JsonMapper.builder().build();
  private Batch.State state = Batch.State.RUNNING;
  private boolean gone;
  private boolean rowsGone;
  private long nanos;
  private int waits;
  private int followers;
  private Runnable afterWait = () -> {};
  private Runnable afterFirstPage = () -> {};

  @BeforeEach
  void answer() {
    when(batches.find(any())).thenAnswer(_ -> gone ? Optional.empty() : Optional.of(batch()));
    when(batches.filled(any())).thenAnswer(call -> Optional.of(call.getArgument(0)));
    when(batches.rows(any(), any(), anyLong(), anyInt(), any()))
        .thenAnswer(call -> rows(call.getArgument(2), call.getArgument(3)));
  }

  private Optional<Rows> rows(long from, int most) {
    if (rowsGone) {
      return Optional.empty();
    }
    var rows = new ArrayList<Positioned>();
    for (long at = from; at < Math.min(log.size(), from + most); at++) {
      rows.add(new Positioned(at, log.get((int) at)));
    }
    afterFirstPage.run();
    return Optional.of(new Rows(rows, from + rows.size()));
  }

  private Batch batch() {
    return new Batch(
        ID,
        "t",
        null,
        state,
        log.size(),
        Map.of(),
        false,
        Instant.EPOCH,
        null,
        null,
        log.size(),
        List.of());
  }

  private static JobSnapshot row(int index, String result) {
    return new JobSnapshot(
        ID,
        "t",
        JobState.SUCCEEDED,
        "{}",
        new StoredResult("application/json", result.length(), result, null),
        null,
        1,
        1,
        null,
        null,
        5,
        List.of(),
        null,
        null,
        null,
        new Membership(ID, index),
        Instant.EPOCH,
        null,
        null,
        null,
        null,
        null,
        List.of());
  }

  /** Each wait takes all the time it may. */
  private final class Events implements JobEvents {
    @Override
    public Follower follow(JobId id) {
      followers++;
      return new Follower() {
        @Override
        public @Nullable JobEvent next(Duration limit) {
          nanos += limit.toNanos();
          waits++;
          afterWait.run();
          return null;
        }

        @Override
        public boolean gather(Duration moment) {
          return false;
        }

        @Override
        public boolean over() {
          return false;
        }

        @Override
        public void close() {
          followers--;
        }
      };
    }

    @Override
    public String newest() {
      return "0-0";
    }

    @Override
    public Replay replay(JobId id, String afterSequence) {
      return new Replay(List.of(), false);
    }
  }

  private void endAfter(Duration quiet) {
    afterWait =
        () -> {
          if (nanos >= quiet.toNanos()) {
            state = Batch.State.FINISHED;
          }
        };
  }

  private void stream(String accept, MockHttpServletResponse response) throws Exception {
    var events = new Events();
    var looks = new BatchLooks(batches, () -> nanos);
    var controller =
        new BatchResultsController(
            looks,
            new BatchWatch(batches, looks, events, () -> nanos),
            events,
            new JobJson(mapper),
            mapper,
            () -> nanos);
    var request = new MockHttpServletRequest("GET", "/v1/batches/" + ID + "/results");
    request.addHeader("Accept", accept);
    controller.results(ID.value(), request, response);
  }

  private String stream(String accept) throws Exception {
    var response = new MockHttpServletResponse();
    stream(accept, response);
    return response.getContentAsString();
  }

  @Test
  void aQuietStreamOfLinesGivesASignOfLifeEveryFifteenSeconds() throws Exception {
    endAfter(Duration.ofSeconds(59));
    assertThat(stream("application/x-ndjson")).isEqualTo("   ");
  }

  @Test
  void aSignOfLifeLeavesEachLineOneRow() throws Exception {
    endAfter(Duration.ofSeconds(40));
    afterWait =
        both(
            afterWait,
            () -> {
              if (nanos >= Duration.ofSeconds(35).toNanos() && log.isEmpty()) {
                log.add(row(0, "1"));
              }
            });
    assertThat(stream("application/x-ndjson").lines())
        .hasSize(1)
        .allMatch(line -> line.startsWith("  {") && mapper.readTree(line).path("result").isInt());
  }

  @Test
  void aQuietCsvStreamTellsItsHeadBitByBitThenEmptyLines() throws Exception {
    endAfter(Duration.ofSeconds(90));
    afterWait =
        both(
            afterWait,
            () -> {
              if (waits == 16) { // after 32 s: two characters
                log.add(row(0, "{\"a\":1}"));
              }
            });
    assertThat(stream("text/csv").lines().map(line -> line.replace(ID.value(), "ID")))
        .containsExactly("index,id,state,error,a,more", "0,ID,succeeded,,1,", "", "", "");
  }

  private static Runnable both(Runnable one, Runnable other) {
    return () -> {
      one.run();
      other.run();
    };
  }

  @Test
  void aCsvHeadWrittenOutWaitsForNoRowAnyMore() throws Exception {
    endAfter(Duration.ofMinutes(10));
    afterWait =
        both(
            afterWait,
            () -> {
              if (nanos >= Duration.ofMinutes(9).toNanos() && log.isEmpty()) {
                log.add(row(0, "{\"a\":1}"));
              }
            });
    assertThat(stream("text/csv").lines().filter(line -> !line.isEmpty()))
        .map(line -> line.replace(ID.value(), "ID"))
        .containsExactly("index,id,state,error,more", "0,ID,succeeded,,\"{\"\"a\"\":1}\"");
  }

  @Test
  void aReaderThatHasLeftIsNoticedAndGivesItsPlaceUp() {
    var left =
        new MockHttpServletResponse() {
          @Override
          public ServletOutputStream getOutputStream() {
            return new Broken();
          }
        };
    assertThatThrownBy(() -> stream("application/x-ndjson", left)).isInstanceOf(IOException.class);
    assertThat(nanos).isBetween(1L, Duration.ofSeconds(20).toNanos());
    assertThat(followers).isZero();
  }

  private static final class Broken extends ServletOutputStream {
    @Override
    public void write(int b) throws IOException {
      throw new IOException("broken pipe");
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setWriteListener(jakarta.servlet.WriteListener listener) {}
  }

  @Test
  void aBatchThatGoesWhileItIsReadCutsTheStreamOff() {
    log.add(row(0, "1"));
    afterWait = () -> gone = true;
    assertThatThrownBy(() -> stream("application/x-ndjson")).isInstanceOf(CloseNowException.class);
  }

  @Test
  void aBatchThatGoesBeforeAnythingWasSentIsNotFound() {
    log.addAll(Collections.nCopies(201, row(0, "1")));
    afterFirstPage = () -> rowsGone = true;
    var response = new MockHttpServletResponse();
    response.setBufferSize(1024 * 1024);
    assertThatThrownBy(() -> stream("application/x-ndjson", response))
        .isInstanceOf(ProblemException.class);
    assertThat(response.isCommitted()).isFalse();
    assertThat(response.getContentAsByteArray()).isEmpty();
  }

  @Test
  void textThatASpreadsheetWouldRunIsMadeHarmless() throws Exception {
    state = Batch.State.FINISHED;
    log.add(
        row(0, "{\"a\":\"=1+1\",\"b\":\"@x\",\"c\":-5,\"d\":\"+49\",\"e\":\"a=1\",\"f\":\"-\"}"));
    log.add(row(1, "\"\\tx\""));
    assertThat(stream("text/csv").lines().map(line -> line.replace(ID.value(), "ID")))
        .containsExactly(
            "index,id,state,error,a,b,c,d,e,f,result,more",
            "0,ID,succeeded,,'=1+1,'@x,-5,'+49,a=1,'-,,",
            "1,ID,succeeded,,,,,,,,'\tx,");
  }

  @Test
  void anEndedBatchWithoutRowsHasItsHead() throws Exception {
    state = Batch.State.FINISHED;
    assertThat(stream("text/csv")).isEqualTo("index,id,state,error,more\r\n");
  }
}
