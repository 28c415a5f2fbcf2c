package io.sparkswitch.data.clean;

import io.sparkswitch.data.source.Document;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A document cut into overlapping spans, by which duplicate text is found and taken out. Lines end
 * at line feeds; blank ones belong to no span and stay. A document of fewer units than a span has
 * no span.
 */
public final class SentenceSpans {
  private static final int LINE_FEED = 1;

  private final Document document;
  private final int length;
  private final List<Unit> units = new ArrayList<>();
  private final List<Span> spans = new ArrayList<>();

  private SentenceSpans(Document document, SpanCut cut) {
    this.document = document;
    this.length = cut.units();
    int begin = 0;
    int number = 0;
    for (String line : document.text().split("\n", -1)) {
      addUnits(cut.unit(), line, number++, begin);
      begin += line.length() + LINE_FEED;
    }
    for (int first = 0; first + length <= units.size(); first++) {
      spans.add(span(first));
    }
  }

  /** Cuts a document; the same one is cut the same way everywhere. */
  public static SentenceSpans of(Document document, SpanCut cut) {
    return new SentenceSpans(document, cut);
  }

  /** The spans in order: that of index i is the i-th. */
  public List<Span> spans() {
    return List.copyOf(spans);
  }

  /** Indices of the spans whose key an earlier span of the document has. */
  public Set<Integer> repeated() {
    Set<TextKey> seen = new HashSet<>();
    return spans.stream()
        .filter(span -> !seen.add(span.key()))
        .map(Span::index)
        .collect(Collectors.toSet());
  }

  /**
   * The document without the units of these spans; a line that loses all it has goes with its line
   * feed. Where a span overlaps an equal one that stays, only what is not part of the latter goes,
   * so that the copy that stays is whole. A document that loses nothing is returned as it is.
   *
   * @param dropped indices of spans
   * @param sentences that must be left after a loss
   * @return nothing if fewer sentences are left
   * @throws IllegalArgumentException if an index is not that of a span
   */
  public Optional<Document> without(Set<Integer> dropped, int sentences) {
    if (dropped.isEmpty()) {
      return Optional.of(document);
    }
    BitSet gone = unitsGone(dropped);
    List<String> kept = new ArrayList<>();
    String[] lines = document.text().split("\n", -1);
    int unit = 0;
    for (int number = 0; number < lines.length; number++) {
      int first = unit;
      while (unit < units.size() && units.get(unit).line == number) {
        unit++;
      }
      if (gone.get(first, unit).isEmpty()) {
        kept.add(lines[number]);
      } else if (gone.get(first, unit).cardinality() < unit - first) {
        kept.add(rest(first, unit, gone));
      }
    }
    return kept.stream().mapToInt(Sentences::count).sum() < sentences
        ? Optional.empty()
        : Optional.of(withText(String.join("\n", kept)));
  }

  private BitSet unitsGone(Set<Integer> dropped) {
    BitSet gone = new BitSet(units.size());
    for (int index : dropped) {
      if (index < 0 || index >= spans.size()) {
        throw new IllegalArgumentException(
            "span %d of %s, which has %d: the spans were found in another text or by another cut"
                .formatted(index, document.url(), spans.size()));
      }
      gone.set(firstUnitGone(index, dropped), index + length);
    }
    return gone;
  }

  private int firstUnitGone(int index, Set<Integer> dropped) {
    for (int earlier = Math.max(0, index - length + 1); earlier < index; earlier++) {
      boolean same = spans.get(earlier).key().equals(spans.get(index).key());
      if (same && !dropped.contains(earlier)) {
        return earlier + length;
      }
    }
    return index;
  }

  private String rest(int first, int last, BitSet gone) {
    StringBuilder rest = new StringBuilder();
    for (int unit = first; unit < last; unit++) {
      if (!gone.get(unit)) {
        rest.append(document.text(), units.get(unit).begin, units.get(unit).end);
      }
    }
    return rest.toString().stripTrailing();
  }

  private void addUnits(SpanCut.Unit unit, String line, int number, int begin) {
    if (line.isBlank()) {
      return;
    }
    List<Integer> ends = unit == SpanCut.Unit.LINE ? List.of(line.length()) : Sentences.ends(line);
    int from = 0;
    for (int sentence = 0; sentence < ends.size(); sentence++) {
      units.add(new Unit(number, sentence, begin + from, begin + ends.get(sentence)));
      from = ends.get(sentence);
    }
  }

  private Span span(int first) {
    StringBuilder text = new StringBuilder();
    for (Unit unit : units.subList(first, first + length)) {
      String own = document.text().substring(unit.begin, unit.end);
      text.append(text.isEmpty() ? "" : "\n").append(Text.strip(own).toLowerCase(Locale.ROOT));
    }
    Unit begin = units.get(first);
    int end = units.get(first + length - 1).end;
    return new Span(
        first,
        TextKey.of(text.toString()),
        new Span.Place(begin.line, begin.sentence, begin.begin, end));
  }

  private Document withText(String text) {
    return new Document(document.url(), text, document.timestamp(), document.language());
  }

  private record Unit(int line, int sentence, int begin, int end) {}
}
