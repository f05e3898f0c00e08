package io.threadmill.compute.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.compute.Output;
import io.threadmill.compute.Steps;
import io.threadmill.compute.builtin.WordCount.Counted;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordCountTests {

  private final WordCount words = new WordCount();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "~~| 0 | 0 | ~~",
        "... -- !? | 0 | 0 | ~~",
        "one | 1 | 1 | one=1",
        "b a b | 3 | 2 | b=2 a=1",
        "b a c | 3 | 3 | a=1 b=1 c=1",
        "Mill mill MILL | 3 | 1 | mill=3",
        "don't stop, don't | 3 | 2 | don't=2 stop=1",
        "3 mills, 3.5 tons | 4 | 4 | 3=1 3.5=1 mills=1 tons=1",
        "Straße STRASSE strasse | 3 | 1 | strasse=3",
        "ΟΔΟΣ οδος οδοσ | 3 | 1 | οδος=3",
        "caf\u00e9 cafe\u0301 | 2 | 1 | caf\u00e9=2",
        "привет, мир! Привет | 3 | 2 | привет=2 мир=1",
        "\uD835\uDC00\uD835\uDC01 x | 2 | 2 | x=1 \uD835\uDC00\uD835\uDC01=1",
      })
  void wordsAreCountedByUnicodeBoundaries(String text, long total, long distinct, String top)
      throws InterruptedException {
    WordCount.Result result = run(List.of(text), 10, true, 1);
    assertThat(result.total()).isEqualTo(total);
    assertThat(result.distinct()).isEqualTo(distinct);
    assertThat(shown(result)).isEqualTo(top);
  }

  @Test
  void textsAreCountedTogetherButNeverJoined() throws InterruptedException {
    WordCount.Result result = run(List.of("wind", "mill wind"), 10, true, 1);
    assertThat(result.top()).containsExactly(new Counted("wind", 2), new Counted("mill", 1));
  }

  @Test
  void caseCountsWhereItIsAskedFor() throws InterruptedException {
    assertThat(shown(run(List.of("Mill mill mill"), 10, false, 1))).isEqualTo("mill=2 Mill=1");
  }

  @Test
  void topCutsTheListAndNotTheCounts() throws InterruptedException {
    WordCount.Result result = run(List.of("a a b b c"), 2, true, 1);
    assertThat(shown(result)).isEqualTo("a=2 b=2");
    assertThat(result.total()).isEqualTo(5);
    assertThat(result.distinct()).isEqualTo(3);
    assertThat(run(List.of("a"), 0, true, 1).top()).isEmpty();
  }

  @Test
  void shortWordsAreLeftOutOfAllCounts() throws InterruptedException {
    WordCount.Result result = run(List.of("a an the mill \uD835\uDC00\uD835\uDC01"), 10, true, 3);
    assertThat(shown(result)).isEqualTo("mill=1 the=1");
    assertThat(result.total()).isEqualTo(2);
  }

  @Test
  void noTextsHaveNoWords() throws InterruptedException {
    assertThat(run(List.of(), 10, true, 1)).isEqualTo(new WordCount.Result(0, 0, List.of()));
  }

  @Test
  void progressIsTheTexts() throws InterruptedException {
    var steps = Steps.unlimited();
    words.compute(new WordCount.Input(List.of("a", "b"), 1, true, 1), steps);
    assertThat(steps.told).containsExactly("0/2", "1/2", "2/2");
  }

  private static String shown(WordCount.Result result) {
    return result.top().stream()
        .map(counted -> counted.word() + "=" + counted.count())
        .collect(Collectors.joining(" "));
  }

  private WordCount.Result run(List<String> texts, int top, boolean ignoreCase, int minLength)
      throws InterruptedException {
    Output output =
        words.compute(new WordCount.Input(texts, top, ignoreCase, minLength), Steps.unlimited());
    return (WordCount.Result) ((Output.Json) output).value();
  }
}
