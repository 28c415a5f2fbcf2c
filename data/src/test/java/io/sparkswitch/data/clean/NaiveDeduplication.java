package io.sparkswitch.data.clean;

import io.sparkswitch.data.source.Document;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Deduplication as one would write it for documents in memory: of equal texts the first stays. */
public final class NaiveDeduplication {
  private final SpanCut cut;
  private final int sentences;
  private final Set<TextKey> spansSeen = new HashSet<>();
  private final Set<String> urlsSeen = new HashSet<>();

  public NaiveDeduplication(SpanCut cut, int sentences) {
    this.cut = cut;
    this.sentences = sentences;
  }

  /** What is left of further documents, in order; nothing for one that goes. */
  public List<Optional<Document>> next(List<Document> documents) {
    List<Optional<Document>> left = new ArrayList<>();
    for (Document document : documents) {
      boolean sameUrl =
          !document.url().isEmpty() && !urlsSeen.add(UrlKey.normalise(document.url()));
      left.add(sameUrl ? Optional.empty() : withoutSeen(document));
    }
    return left;
  }

  private Optional<Document> withoutSeen(Document document) {
    SentenceSpans spans = SentenceSpans.of(document, cut);
    Set<Integer> dropped = new HashSet<>();
    for (Span span : spans.spans()) {
      if (!spansSeen.add(span.key())) {
        dropped.add(span.index());
      }
    }
    return spans.without(dropped, sentences);
  }
}
