package io.sparkswitch.distill.target.store;

import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;

/**
 * The columns of the store, none of them ever null. Lists are Parquet's standard three-level ones,
 * so SQL explodes them: {@code tokens} and {@code probabilities} by position, then by rank. Full
 * distributions leave {@code tokens} empty: the place in {@code probabilities} is the token.
 */
final class SoftTargetsSchema {
  static final String LIST = "list";
  static final String ELEMENT = "element";

  static final String STEP = "step";
  static final String SEQUENCE = "sequence";
  static final String SEGMENT_ID = "segment_id";
  static final String CORRUPTION_SEED = "corruption_seed";
  static final String EPOCH = "epoch";
  static final String POSITIONS = "positions";
  static final String TOKENS = "tokens";
  static final String PROBABILITIES = "probabilities";
  static final String REMAINDER = "remainder";

  static final MessageType ROW =
      new MessageType(
          "soft_targets",
          scalar(PrimitiveTypeName.INT64, STEP),
          scalar(PrimitiveTypeName.INT32, SEQUENCE),
          scalar(PrimitiveTypeName.INT64, SEGMENT_ID),
          scalar(PrimitiveTypeName.INT64, CORRUPTION_SEED),
          scalar(PrimitiveTypeName.INT32, EPOCH),
          scalar(PrimitiveTypeName.INT32, POSITIONS),
          list(TOKENS, list(ELEMENT, scalar(PrimitiveTypeName.INT32, ELEMENT))),
          list(PROBABILITIES, list(ELEMENT, scalar(PrimitiveTypeName.FLOAT, ELEMENT))),
          list(REMAINDER, scalar(PrimitiveTypeName.FLOAT, ELEMENT)));

  /** The leaf of {@link #TOKENS}, as Parquet names it. */
  static final String TOKENS_LEAF = String.join(".", TOKENS, LIST, ELEMENT, LIST, ELEMENT);

  private SoftTargetsSchema() {}

  private static Type scalar(PrimitiveTypeName type, String name) {
    return Types.primitive(type, Repetition.REQUIRED).named(name);
  }

  private static Type list(String name, Type element) {
    return Types.requiredGroup()
        .addField(Types.repeatedGroup().addField(element).named(LIST))
        .as(LogicalTypeAnnotation.listType())
        .named(name);
  }
}
