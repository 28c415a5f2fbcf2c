package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FillingTest {

  @Test
  void eachSentinelIsReplacedByTheWordsThatFollowItInTheAnswer() {
    assertThat(
            fill(
                "Once <extra_id_0> a time <extra_id_1>.",
                "<extra_id_0> upon <extra_id_1> a king lived<extra_id_2>"))
        .isEqualTo("Once [upon] a time [a king lived].");
  }

  @Test
  void aSentinelWithoutAnswerIsShownAsSuch() {
    assertThat(fill("a <extra_id_0> b <extra_id_1>", "<extra_id_1> c")).isEqualTo("a […] b [c]");
    assertThat(fill("a <extra_id_0>", "")).isEqualTo("a […]");
  }

  @Test
  void theFirstAnswerCountsAndWordsBeforeAnySentinelDoNot() {
    assertThat(fill("<extra_id_0>", "noise <extra_id_0> one <extra_id_0> two")).isEqualTo("[one]");
  }

  @Test
  void charactersThatPatternsKnowStayAsTheyAre() {
    assertThat(fill("<extra_id_0>", "<extra_id_0> $1 \\0")).isEqualTo("[$1 \\0]");
    assertThat(fill("no sentinel", "<extra_id_0> x")).isEqualTo("no sentinel");
  }

  @Test
  void spansAreFoundWhateverTheirOrder() {
    assertThat(
            fill(
                "<extra_id_0> and <extra_id_1> or <extra_id_2>",
                "<extra_id_2> c <extra_id_7> none <extra_id_0> a <extra_id_1>"))
        .isEqualTo("[a] and [] or [c]");
  }

  @Test
  void sentinelsAreNumbersNotLetters() {
    assertThat(fill("<extra_id_07> <extra_id_10>", "<extra_id_7> x <extra_id_1> y"))
        .isEqualTo("[x] […]");
    assertThat(fill("<extra_id_99999999999>", "<extra_id_99999999999> x"))
        .isEqualTo("<extra_id_99999999999>");
  }

  @Test
  void anAnswerThatWasCutOffKeepsWhatThereIs() {
    assertThat(fill("<extra_id_0> <extra_id_1>", "<extra_id_0> one <extra_id_1> tw"))
        .isEqualTo("[one] [tw]");
    assertThat(fill("<extra_id_0>", "<extra_id_0> one <extra_id_")).isEqualTo("[one <extra_id_]");
  }

  private static String fill(String text, String answer) {
    return Filling.parse(answer).into(text);
  }
}
