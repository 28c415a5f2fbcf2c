package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FillingTest {

  @Test
  void eachSentinelIsReplacedByTheWordsThatFollowItInTheAnswer() {
    assertThat(
            Filling.fill(
                "Once <extra_id_0> a time <extra_id_1>.",
                "<extra_id_0> upon <extra_id_1> a king lived<extra_id_2>"))
        .isEqualTo("Once [upon] a time [a king lived].");
  }

  @Test
  void aSentinelWithoutAnswerIsShownAsSuch() {
    assertThat(Filling.fill("a <extra_id_0> b <extra_id_1>", "<extra_id_1> c"))
        .isEqualTo("a […] b [c]");
    assertThat(Filling.fill("a <extra_id_0>", "")).isEqualTo("a […]");
  }

  @Test
  void theFirstAnswerCountsAndWordsBeforeAnySentinelDoNot() {
    assertThat(Filling.fill("<extra_id_0>", "noise <extra_id_0> one <extra_id_0> two"))
        .isEqualTo("[one]");
  }

  @Test
  void charactersThatPatternsKnowStayAsTheyAre() {
    assertThat(Filling.fill("<extra_id_0>", "<extra_id_0> $1 \\0")).isEqualTo("[$1 \\0]");
    assertThat(Filling.fill("no sentinel", "<extra_id_0> x")).isEqualTo("no sentinel");
  }
}
