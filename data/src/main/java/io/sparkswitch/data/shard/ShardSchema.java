package io.sparkswitch.data.shard;

import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/**
 * The columns of a shard: {@code row int64, source int32, token_offset int64, tokens list<int32>},
 * none of them ever null.
 *
 * <p>A shard is written before the sizes of its neighbours are known, so it holds the row; the
 * dense segment id is the manifest's {@code firstSegment} of the shard plus the row.
 */
final class ShardSchema {
  static final int VERSION = 1;

  static final String ROW = "row";
  static final String SOURCE = "source";
  static final String TOKEN_OFFSET = "token_offset";
  static final String TOKENS = "tokens";
  static final String LIST = "list";
  static final String ELEMENT = "element";

  private static final Type TOKEN_LIST =
      Types.requiredGroup()
          .addField(
              Types.repeatedGroup().required(PrimitiveTypeName.INT32).named(ELEMENT).named(LIST))
          .as(LogicalTypeAnnotation.listType())
          .named(TOKENS);

  static final MessageType SEGMENT =
      Types.buildMessage()
          .required(PrimitiveTypeName.INT64)
          .named(ROW)
          .required(PrimitiveTypeName.INT32)
          .named(SOURCE)
          .required(PrimitiveTypeName.INT64)
          .named(TOKEN_OFFSET)
          .addField(TOKEN_LIST)
          .named("segment");

  /** Only what training reads. */
  static final MessageType ONLY_TOKENS = new MessageType("segment", TOKEN_LIST);

  private ShardSchema() {}
}
