package io.sparkswitch.distill.student;

import io.sparkswitch.model.t5.T5Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What must be equal for a student to start from a teacher's weights. */
final class Compatibility {
  private Compatibility() {}

  /**
   * @throws IllegalArgumentException naming each size and convention that differs, with both values
   */
  static void require(T5Config teacher, T5Config student) {
    if (student.sparse().isPresent()) {
      throw new IllegalArgumentException(
          "the student has %d experts in its sparse layers: a student is dense, choose a dense preset"
              .formatted(student.experts()));
    }
    Map<String, Object> wanted = fields(teacher);
    Map<String, Object> given = fields(student);
    List<String> differences =
        wanted.keySet().stream()
            .filter(name -> !Objects.equals(wanted.get(name), given.get(name)))
            .map(
                name ->
                    "%s is %s in the teacher and %s in the student"
                        .formatted(name, wanted.get(name), given.get(name)))
            .toList();
    if (!differences.isEmpty()) {
      throw new IllegalArgumentException(
          "the student cannot start from this teacher: %s; give the student the teacher's sizes"
              .formatted(String.join("; ", differences)));
    }
  }

  private static Map<String, Object> fields(T5Config config) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("vocab", config.vocab());
    fields.put("embed", config.width().embed());
    fields.put("mlp", config.width().mlp());
    fields.put("heads", config.width().heads());
    fields.put("headDim", config.width().headDim());
    fields.put("encoderLayers", config.encoderLayers());
    fields.put("decoderLayers", config.decoderLayers());
    fields.put("feedForward", config.conventions().feedForward());
    fields.put("tiedOutput", config.conventions().tiedOutput());
    fields.put("relativeBuckets", config.conventions().relativeBuckets());
    fields.put("relativeMaxDistance", config.conventions().relativeMaxDistance());
    return fields;
  }
}
