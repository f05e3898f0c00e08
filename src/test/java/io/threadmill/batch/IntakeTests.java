package io.threadmill.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyList;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.clearInvocations;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;
import static org.mockito.Mockito.when;

import io.threadmill.batch.BatchRepository.Appended;
import io.threadmill.batch.BatchRepository.Close;
import io.threadmill.batch.BatchRepository.Row;
import io.threadmill.job.BacklogFull;
import io.threadmill.job.JobId;
import io.threadmill.job.JobListeners;
import io.threadmill.job.JobOptions;
import io.threadmill.job.JobSpec;
import io.threadmill.job.JobTypes;
import io.threadmill.job.RetryPolicy;
import io.threadmill.job.StoreFault;
import io.threadmill.job.StoreUnavailable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** What is held of a batch whose items come slowly, and how its intake ends. */
class IntakeTests {

  private static final JobId ID = new JobId("01k00000000000000000000000");
  private static final JsonNode ITEM = JsonNodeFactory.instance.objectNode();
  private static final JobSpec SPEC =
      new JobSpec(
          "rehearse",
          "{}",
          "compute",
          null,
          null,
          5,
          Duration.ZERO,
          null,
          Duration.ofMinutes(1),
          new RetryPolicy(3, Duration.ofSeconds(1)),
          List.of(),
          JobOptions.DEFAULT,
          null);

  private static final int MOST_ROWS = 20;

  private final BatchRepository repository = mock();
  private final JobTypes types = mock();
  private final ScheduledExecutorService timer = mock();
  private final ExecutorService threads = mock();
  private final List<Integer> shipped = new ArrayList<>();

  @BeforeEach
  void everyItemIsARow() {
    when(types.row(any(), any())).thenReturn(SPEC);
    when(repository.append(any(), any(), anyInt(), anyList()))
        .thenAnswer(call -> {
          shipped.add(call.<List<Row>>getArgument(3).size());
          return Appended.RUNNABLE;
        });
  }

  private Intake intake(IntakeTimer timer) {
    return intake(timer, false);
  }

  private Intake intake(IntakeTimer timer, boolean atomic) {
    var listeners = new JobListeners(List.of());
    return new Intake(ID, SPEC, ITEM, atomic, types, repository, listeners, timer, MOST_ROWS);
  }

  private Intake intake() {
    return intake(new IntakeTimer(timer, threads));
  }

  @Test
  void whatIsHeldIsWrittenWhileItsNextItemIsStillToCome() {
    Intake intake = intake();
    intake.tend();
    intake.add(ITEM, 1);
    intake.add(ITEM, 2);
    assertThat(shipped).isEmpty();
    intake.tend();
    assertThat(shipped).containsExactly(2);
    assertThat(intake.written()).isEqualTo(2);
    intake.tend();
    intake.add(ITEM, 3);
    intake.finish();
    assertThat(shipped).containsExactly(2, 1);
    verify(repository).append(eq(ID), any(), eq(1), anyList());
    verify(repository).append(eq(ID), any(), eq(2), anyList());
  }

  @Test
  void aBatchOfWhichNothingComesIsKeptOpenUntilItsIntakeEnds() {
    Intake intake = intake();
    for (int i = 0; i < 30; i++) {
      intake.tend();
    }
    assertThat(shipped).containsExactly(0, 0);
    verify(repository, never()).append(any(), any(), eq(2), anyList());
    intake.finish();
    clearInvocations(repository);
    for (int i = 0; i < 30; i++) {
      intake.tend();
    }
    verifyNoMoreInteractions(repository);
  }

  @Test
  void anItemTooManyEndsTheBatchAndWhatCameBeforeStays() {
    Intake intake = intake();
    for (int i = 1; i <= MOST_ROWS; i++) {
      intake.add(ITEM, i);
    }
    assertThatThrownBy(() -> intake.add(ITEM, MOST_ROWS + 1)).isInstanceOf(TooManyRows.class);
    assertThat(intake.written()).isEqualTo(MOST_ROWS);
    verify(repository).close(ID, Close.CUT);
  }

  @Test
  void anItemTooManyLeavesNothingOfAnAtomicBatch() {
    Intake intake = intake(new IntakeTimer(timer, threads), true);
    for (int i = 1; i <= MOST_ROWS; i++) {
      intake.add(ITEM, i);
    }
    assertThatThrownBy(() -> intake.add(ITEM, MOST_ROWS + 1)).isInstanceOf(TooManyRows.class);
    assertThat(intake.written()).isZero();
    verify(repository).close(ID, Close.DROP);
  }

  @Test
  void rowsThatRedisCannotTakeEndTheBatch() {
    Intake intake = intake();
    intake.add(ITEM, 1);
    when(repository.append(any(), any(), anyInt(), anyList()))
        .thenThrow(new StoreFault("damaged", new IllegalStateException()));
    assertThatThrownBy(intake::finish).isInstanceOf(StoreFault.class);
    verify(repository).close(ID, Close.DROP);
  }

  @Test
  void keepingItOpenIsTriedAgainWhereRedisIsAway() {
    when(repository.append(any(), any(), anyInt(), anyList()))
        .thenThrow(new StoreUnavailable("away", new IllegalStateException()))
        .thenReturn(Appended.RUNNABLE);
    Intake intake = intake();
    for (int i = 0; i < 16; i++) {
      intake.tend();
    }
    verify(repository, times(2)).append(any(), any(), eq(1), eq(List.of()));
    intake.add(ITEM, 1);
  }

  @Test
  void whatGoesWrongMeanwhileIsToldWithTheNextItem() {
    when(repository.append(any(), any(), anyInt(), anyList()))
        .thenReturn(Appended.RUNNABLE)
        .thenThrow(new BacklogFull("full", Duration.ofSeconds(1)));
    Intake intake = intake();
    intake.add(ITEM, 1);
    intake.tend();
    intake.add(ITEM, 2);
    intake.tend();
    verify(repository).close(ID, Close.CUT);
    assertThatThrownBy(() -> intake.add(ITEM, 3)).isInstanceOf(BacklogFull.class);
    assertThatThrownBy(intake::finish).isInstanceOf(BacklogFull.class);
    verify(repository, never()).close(ID, Close.WHOLE);
  }

  @Test
  void aBatchThatWasClosedMeanwhileTakesNoMoreItems() {
    when(repository.append(any(), any(), anyInt(), anyList())).thenReturn(Appended.CUT_OFF);
    Intake intake = intake();
    for (int i = 0; i < 15; i++) {
      intake.tend();
    }
    assertThatThrownBy(() -> intake.add(ITEM, 1)).isInstanceOf(BatchCutOff.class);
  }

  @Test
  void theTimerLooksAfterWhatIsOpenUntilItIsClosed() {
    doAnswer(
            call -> {
              call.<Runnable>getArgument(0).run();
              return null;
            })
        .when(threads)
        .execute(any());
    var pace = ArgumentCaptor.forClass(Runnable.class);
    try (var looksAfter = new IntakeTimer(timer, threads)) {
      verify(timer)
          .scheduleWithFixedDelay(pace.capture(), eq(1000L), eq(1000L), eq(TimeUnit.MILLISECONDS));
      Intake intake = intake(looksAfter);
      looksAfter.add(intake);
      intake.add(ITEM, 1);
      pace.getValue().run();
      assertThat(shipped).containsExactly(1);
      intake.add(ITEM, 2);
      intake.close();
      pace.getValue().run();
      assertThat(shipped).containsExactly(1);
    }
    verify(threads).shutdownNow();
    verify(timer).shutdownNow();
  }
}
