package io.sparkswitch.data.pipeline.duplicate;

import static org.apache.spark.sql.functions.col;

import io.sparkswitch.data.clean.SentenceSpans;
import io.sparkswitch.data.clean.Span;
import io.sparkswitch.data.clean.SpanCut;
import io.sparkswitch.data.clean.TextKey;
import io.sparkswitch.data.clean.UrlKey;
import io.sparkswitch.data.source.Document;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import scala.Tuple2;

/**
 * A document's URL and spans as rows of {@link DeduplicationIndex#ENTRY}.
 *
 * @param batch the ingest batch
 * @param cut how it is cut into spans
 */
record IndexEntries(int batch, SpanCut cut)
    implements FlatMapFunction<Tuple2<DocumentPlace, Document>, Row> {
  private static final int NO_SPAN = -1;

  /** Whether an entry is that of a URL. */
  static Column isOfUrl() {
    return col("span").equalTo(NO_SPAN);
  }

  @Override
  public Iterator<Row> call(Tuple2<DocumentPlace, Document> placed) {
    DocumentPlace place = placed._1();
    Document document = placed._2();
    List<Row> entries = new ArrayList<>();
    if (!document.url().isEmpty()) {
      entries.add(entry(TextKey.of(UrlKey.normalise(document.url())), place, NO_SPAN));
    }
    for (Span span : SentenceSpans.of(document, cut).spans()) {
      entries.add(entry(span.key(), place, span.index()));
    }
    return entries.iterator();
  }

  private Row entry(TextKey key, DocumentPlace place, int span) {
    return RowFactory.create(key.high(), key.low(), batch, place.file(), place.line(), span);
  }
}
