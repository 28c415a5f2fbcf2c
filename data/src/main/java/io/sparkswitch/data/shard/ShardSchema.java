package io.sparkswitch.data.shard;

import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/**
 * The columns of a shard: {@code segment_id int64, tokens list<int32>, spans list<struct<place
 * int64, url_hash int64, offset int32, length int32>>}, none of them ever null. The language is in
 * the path, {@code language=en/}, where Spark and others find it as a column.
 */
final class ShardSchema {
  static final int VERSION = 2;

  /** Shards of {@code row, source, token_offset, tokens} in one folder, without lineage. */
  static final int FIRST_VERSION = 1;

  static final String SEGMENT_ID = "segment_id";
  static final String TOKENS = "tokens";
  static final String SPANS = "spans";
  static final String LIST = "list";
  static final String ELEMENT = "element";
  static final String PLACE = "place";
  static final String URL_HASH = "url_hash";
  static final String OFFSET = "offset";
  static final String LENGTH = "length";

  private static final Type TOKEN_LIST =
      list(TOKENS, Types.required(PrimitiveTypeName.INT32).named(ELEMENT));

  private static final GroupType SPAN =
      Types.requiredGroup()
          .required(PrimitiveTypeName.INT64)
          .named(PLACE)
          .required(PrimitiveTypeName.INT64)
          .named(URL_HASH)
          .required(PrimitiveTypeName.INT32)
          .named(OFFSET)
          .required(PrimitiveTypeName.INT32)
          .named(LENGTH)
          .named(ELEMENT);

  static final MessageType SEGMENT =
      new MessageType(
          "segment",
          Types.required(PrimitiveTypeName.INT64).named(SEGMENT_ID),
          TOKEN_LIST,
          list(SPANS, SPAN));

  /** Only what training reads; the same in all versions. */
  static final MessageType ONLY_TOKENS = new MessageType("segment", TOKEN_LIST);

  /** Only the segments' ids. */
  static final MessageType ONLY_IDS =
      new MessageType("segment", Types.required(PrimitiveTypeName.INT64).named(SEGMENT_ID));

  /** Only where the tokens came from. */
  static final MessageType ONLY_SPANS = new MessageType("segment", list(SPANS, SPAN));

  private ShardSchema() {}

  private static Type list(String name, Type element) {
    return Types.requiredGroup()
        .addField(Types.repeatedGroup().addField(element).named(LIST))
        .as(LogicalTypeAnnotation.listType())
        .named(name);
  }
}
