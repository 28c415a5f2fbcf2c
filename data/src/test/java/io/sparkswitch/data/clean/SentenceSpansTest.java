package io.sparkswitch.data.clean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.source.Document;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SentenceSpansTest {
  private static final SpanCut THREE = SpanCut.sentences(3);

  @Test
  void linesSeenBeforeGoAsInC4() {
    List<Document> in = Facts.documents(Facts.of("dedupe").get("in"));
    List<Document> out = Facts.documents(Facts.of("dedupe").get("out"));

    List<Document> left =
        new NaiveDeduplication(SpanCut.lines(), 3)
            .next(in).stream().flatMap(Optional::stream).toList();

    assertThat(left).hasSize(2).isEqualTo(out);
  }

  @Test
  void spansOverlapAndKnowTheirPlaces() {
    String text = "One is here. Two is here.\n\nThree is here.  Four is here.";
    List<Span> spans = SentenceSpans.of(Facts.document(text), THREE).spans();

    assertThat(spans)
        .extracting(Span::place)
        .containsExactly(
            new Span.Place(0, 0, 0, text.indexOf("Four")),
            new Span.Place(0, 1, text.indexOf("Two"), text.length()));
    assertThat(spans.get(0).key())
        .isEqualTo(TextKey.of("one is here.\ntwo is here.\nthree is here."))
        .isEqualTo(
            SentenceSpans.of(Facts.document("ONE is here.\nTwo is here. THREE is here."), THREE)
                .spans()
                .get(0)
                .key());
  }

  @Test
  void keysAreMd5() {
    assertThat(TextKey.of("")).isEqualTo(new TextKey(0xd41d8cd98f00b204L, 0xe9800998ecf8427eL));
  }

  @Test
  void onlyTheSentencesOfDroppedSpansGo() {
    String text = "A goes. B goes. C goes. D stays. E stays.\nF stays.";

    assertThat(without(text, 0)).contains("D stays. E stays.\nF stays.");
    assertThat(without(text, 1)).contains("A goes. E stays.\nF stays.");
    assertThat(without(text, 3)).contains("A goes. B goes. C goes.");
    assertThat(without(text, 0, 3)).as("no sentence stays").isEmpty();
    assertThat(without(text)).contains(text);
  }

  @Test
  void theCopyThatStaysIsWholeWhereCopiesOverlap() {
    String five = "La la. La la. La la. La la. La la.";
    SentenceSpans spans = SentenceSpans.of(Facts.document(five), THREE);

    assertThat(spans.repeated()).containsExactlyInAnyOrder(1, 2);
    assertThat(spans.without(spans.repeated(), 3).orElseThrow().text())
        .isEqualTo("La la. La la. La la.");
    assertThat(without(five, 0, 1, 2)).isEmpty();
  }

  @Test
  void aDocumentShorterThanASpanHasNone() {
    assertThat(SentenceSpans.of(Facts.document("One. Two."), THREE).spans()).isEmpty();
    assertThat(SentenceSpans.of(Facts.document(""), SpanCut.lines()).spans()).isEmpty();
  }

  @Test
  void aSpanOfAnotherTextIsRefused() {
    assertThatThrownBy(() -> without("Ay. Be. Ce. De.", 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("span 2 of https://a.example/page, which has 2");
  }

  private static Optional<String> without(String text, Integer... dropped) {
    Set<Integer> spans = Stream.of(dropped).collect(java.util.stream.Collectors.toSet());
    return SentenceSpans.of(Facts.document(text), THREE).without(spans, 3).map(Document::text);
  }
}
