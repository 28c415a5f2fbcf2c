package io.sparkswitch.data.pipeline.duplicate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;

import io.sparkswitch.data.source.Document;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Finds the text that a corpus has more than once, over ingest batches. The copy that stays is the
 * first by batch, file, line and place in the document, so that a later batch changes nothing in an
 * earlier one. A document whose normalised URL came before goes as a whole, and its text counts for
 * no first copy; documents without URL are never the same page.
 *
 * <p>Keys are 128-bit digests and move in shuffles that spill; none come to the driver.
 */
public final class CorpusDeduplication {
  private static final StructType DECISION =
      new StructType()
          .add("file", DataTypes.LongType, false)
          .add("line", DataTypes.LongType, false)
          .add("spans", DataTypes.createArrayType(DataTypes.IntegerType, false), false)
          .add("url_duplicate", DataTypes.BooleanType, false);
  private static final Column[] PLACE = {col("batch"), col("file"), col("line"), col("span")};

  private final SparkSession spark;
  private final DeduplicationRequest request;
  private final DeduplicationIndex index;
  private final List<Dataset<Row>> persisted = new ArrayList<>();

  private CorpusDeduplication(SparkSession spark, DeduplicationRequest request) {
    this.spark = spark;
    this.request = request;
    this.index = new DeduplicationIndex(spark, request);
  }

  /**
   * Writes the index and the decisions of one batch. Decisions are Parquet rows {@code line bigint,
   * spans array<int>, url_duplicate boolean} in a folder {@code file=N} for each file that loses
   * anything, in the order of its lines; a document that loses nothing has no row. {@link
   * FileDecisions} carries them out.
   *
   * @param documents the cleaned documents of the batch, none twice
   * @throws io.sparkswitch.data.source.InputException if an earlier index is missing
   * @throws IllegalArgumentException if an earlier index is of no earlier batch or of another cut
   */
  public static DeduplicationSummary decide(
      SparkSession spark,
      JavaPairRDD<DocumentPlace, Document> documents,
      DeduplicationRequest request) {
    CorpusDeduplication job = new CorpusDeduplication(spark, request);
    try {
      return job.decide(documents);
    } finally {
      job.persisted.forEach(Dataset::unpersist);
    }
  }

  private DeduplicationSummary decide(JavaPairRDD<DocumentPlace, Document> documents) {
    Dataset<Row> entries =
        persist(
            spark.createDataFrame(
                documents.flatMap(new IndexEntries(request.batch(), request.cut())),
                DeduplicationIndex.ENTRY));
    Dataset<Row> samePages =
        laterCopies(DeduplicationIndex.Part.URLS, entries.filter(IndexEntries.isOfUrl()))
            .select("file", "line");
    Dataset<Row> spans =
        entries
            .filter(not(IndexEntries.isOfUrl()))
            .join(samePages.hint("merge"), new String[] {"file", "line"}, "left_anti");
    Dataset<Row> losses =
        laterCopies(DeduplicationIndex.Part.SPANS, spans)
            .groupBy("file", "line")
            .agg(sort_array(collect_list("span")).as("spans"))
            .withColumn("url_duplicate", lit(false));
    write(
        losses.unionByName(
            samePages.withColumn("spans", lit(new int[0])).withColumn("url_duplicate", lit(true))));
    return summary();
  }

  /** Entries of this batch whose key has a copy before them; writes the index on the way. */
  private Dataset<Row> laterCopies(DeduplicationIndex.Part part, Dataset<Row> entries) {
    Dataset<Row> firsts =
        persist(
            entries
                .unionByName(index.earlier(part))
                .groupBy("high", "low")
                .agg(min(struct(PLACE)).as("first"), count(lit(1)).as("copies")));
    index.write(part, firsts.select(col("high"), col("low"), col("first.*")));
    Dataset<Row> repeated = firsts.filter(col("copies").gt(1)).select("high", "low", "first");
    return entries
        .join(repeated.hint("merge"), new String[] {"high", "low"}, "inner")
        .filter(struct(PLACE).notEqual(col("first")));
  }

  private void write(Dataset<Row> decisions) {
    decisions
        .repartition(col("file"))
        .sortWithinPartitions("file", "line")
        .write()
        .mode(SaveMode.Overwrite)
        .partitionBy("file")
        .parquet(request.decisions());
  }

  private DeduplicationSummary summary() {
    Row sums =
        spark
            .read()
            .schema(DECISION)
            .parquet(request.decisions())
            .agg(
                count(lit(1)),
                sum(size(col("spans"))),
                sum(col("url_duplicate").cast(DataTypes.LongType)))
            .first();
    boolean none = sums.getLong(0) == 0;
    return new DeduplicationSummary(
        sums.getLong(0), none ? 0 : sums.getLong(1), none ? 0 : sums.getLong(2));
  }

  private Dataset<Row> persist(Dataset<Row> rows) {
    persisted.add(rows);
    return rows.persist(StorageLevel.DISK_ONLY());
  }
}
