package io.sparkswitch.data.pipeline.duplicate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import io.sparkswitch.data.source.InputException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Where the first copy of every text of a corpus is. On disk a batch's folder holds the texts that
 * it was the first to have, as Parquet in the subfolders {@code urls} and {@code spans}, each with
 * the cut by which spans were made.
 */
final class DeduplicationIndex {
  /** Key and place: {@code high, low, batch, file, line, span}; a URL's span is -1. */
  static final StructType ENTRY =
      new StructType()
          .add("high", DataTypes.LongType, false)
          .add("low", DataTypes.LongType, false)
          .add("batch", DataTypes.IntegerType, false)
          .add("file", DataTypes.LongType, false)
          .add("line", DataTypes.LongType, false)
          .add("span", DataTypes.IntegerType, false);

  private static final String CUT = "cut";

  private final SparkSession spark;
  private final DeduplicationRequest request;

  DeduplicationIndex(SparkSession spark, DeduplicationRequest request) {
    this.spark = spark;
    this.request = request;
  }

  /** What an index is of. */
  enum Part {
    URLS("urls"),
    SPANS("spans");

    private final String folder;

    Part(String folder) {
      this.folder = folder;
    }

    private String in(String index) {
      return index + "/" + folder;
    }
  }

  /**
   * Entries of all earlier batches.
   *
   * @throws InputException if a folder is not there
   * @throws IllegalArgumentException if one is of a batch that is not earlier, or of another cut
   */
  Dataset<Row> earlier(Part part) {
    if (request.earlierIndexes().isEmpty()) {
      return spark.createDataFrame(new ArrayList<>(), ENTRY);
    }
    String[] folders = request.earlierIndexes().stream().map(part::in).toArray(String[]::new);
    Dataset<Row> stored = read(folders);
    requireEarlier(stored);
    if (part == Part.SPANS) {
      requireSameCut(stored);
    }
    return stored.drop(CUT);
  }

  /** Writes this batch's entries of all first copies. */
  void write(Part part, Dataset<Row> firsts) {
    firsts
        .filter(col("batch").equalTo(request.batch()))
        .withColumn(CUT, lit(request.cut().word()))
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(part.in(request.index()));
  }

  private Dataset<Row> read(String[] folders) {
    try {
      return spark.read().schema(ENTRY.add(CUT, DataTypes.StringType)).parquet(folders);
    } catch (Exception e) {
      if (e instanceof AnalysisException) {
        throw new InputException(
            "an index of an earlier batch is missing or damaged: %s. Ingest that batch first, or leave its folder out of %s"
                .formatted(e.getMessage(), request.earlierIndexes()),
            e);
      }
      throw e;
    }
  }

  private void requireEarlier(Dataset<Row> stored) {
    Row latest = stored.agg(max("batch")).first();
    if (!latest.isNullAt(0) && latest.getInt(0) >= request.batch()) {
      throw new IllegalArgumentException(
          "ingest batch %d, but %s hold entries of batch %d: first copies never change, so number this batch above it"
              .formatted(request.batch(), request.earlierIndexes(), latest.getInt(0)));
    }
  }

  private void requireSameCut(Dataset<Row> stored) {
    List<Row> others =
        stored.filter(col(CUT).notEqual(request.cut().word())).select(CUT).takeAsList(1);
    if (!others.isEmpty()) {
      throw new IllegalArgumentException(
          "documents are to be cut by %s, but %s hold entries cut by %s: use one cut for all batches"
              .formatted(
                  request.cut().word(), request.earlierIndexes(), others.get(0).getString(0)));
    }
  }
}
