package io.sparkswitch.distill.student;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.model.checkpoint.CheckpointFolder;
import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import io.sparkswitch.model.checkpoint.CheckpointManifest;
import io.sparkswitch.model.checkpoint.CheckpointManifest.Shard;
import io.sparkswitch.model.moe.Capacity;
import io.sparkswitch.model.moe.RoutingRule;
import io.sparkswitch.model.t5.Precision;
import io.sparkswitch.model.t5.SparseBlocks;
import io.sparkswitch.model.t5.SwitchConfig;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Config.Conventions;
import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.t5.T5Config.Width;
import io.sparkswitch.model.t5.T5Model;
import io.sparkswitch.model.t5.T5Parameters;
import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.Parameters;
import io.sparkswitch.model.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudentInitTest {
  private static final Width WIDTH = new Width(8, 16, 2, 4);
  private static final Conventions CONVENTIONS =
      new Conventions(FeedForwardKind.RELU, true, 8, 16, 1);
  private static final T5Config SWITCH =
      new T5Config(
          128,
          WIDTH,
          2,
          2,
          CONVENTIONS,
          Optional.of(
              SwitchConfig.feedForward(
                  2, SparseBlocks.every(2, 2, 2), RoutingRule.top1(Capacity.factor(2)), 0)));
  private static final T5Config DENSE = SWITCH.dense();
  private static final long TEACHER_SEED = 1;
  private static final long STUDENT_SEED = 2;

  private final Configuration conf = new Configuration();
  private PointerScope scope;

  @TempDir Path dir;

  @BeforeEach
  void open() {
    scope = new PointerScope();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void nonExpertWeightsAreTheTeachersAndSparseLayersStartAnew() throws IOException {
    try (T5Model teacher = model(SWITCH, TEACHER_SEED);
        T5Model student = model(DENSE, 99);
        T5Model untaught = model(DENSE, STUDENT_SEED)) {
      InitReport report =
          new StudentInit(SWITCH, DENSE).apply(saved(teacher), conf, student.dense(), STUDENT_SEED);
      assertThat(report.fresh())
          .containsExactly(
              "encoder.block.1.layer.1.DenseReluDense.wi.weight",
              "encoder.block.1.layer.1.DenseReluDense.wo.weight",
              "decoder.block.1.layer.2.DenseReluDense.wi.weight",
              "decoder.block.1.layer.2.DenseReluDense.wo.weight");
      assertThat(report.copied())
          .contains(
              "shared.weight <- shared.weight",
              "encoder.block.0.layer.1.DenseReluDense.wi.weight"
                  + " <- encoder.block.0.layer.1.mlp.wi.weight",
              "encoder.block.1.layer.1.layer_norm.weight"
                  + " <- encoder.block.1.layer.1.layer_norm.weight");
      Map<String, String> sources = new StudentInit(SWITCH, DENSE).sources();
      assertThat(sources).hasSameSizeAs(report.copied());
      for (Map.Entry<String, String> copied : sources.entrySet()) {
        requireEqual(student.dense(), copied.getKey(), teacher.dense(), copied.getValue());
      }
      for (String name : report.fresh()) {
        requireEqual(student.dense(), name, untaught.dense(), name);
      }
      assertThat(report.copied().size() + report.fresh().size())
          .isEqualTo(student.dense().specs().size());
    }
  }

  @Test
  void onlyRoutersAndExpertsOfTheTeacherAreLeftOut() {
    List<String> left =
        T5Parameters.dense(SWITCH).stream()
            .map(ParameterSpec::name)
            .filter(name -> !new StudentInit(SWITCH, DENSE).sources().containsValue(name))
            .toList();
    assertThat(left)
        .containsExactly(
            "encoder.block.1.layer.1.mlp.router.classifier.weight",
            "decoder.block.1.layer.2.mlp.router.classifier.weight");
  }

  @Test
  void aDenseTeacherGivesEverything() throws IOException {
    try (T5Model teacher = model(DENSE, TEACHER_SEED);
        T5Model student = model(DENSE, 99)) {
      InitReport report =
          new StudentInit(DENSE, DENSE).apply(saved(teacher), conf, student.dense(), STUDENT_SEED);
      assertThat(report.fresh()).isEmpty();
      assertThat(Tensors.toFloats(student.dense().values()))
          .isEqualTo(Tensors.toFloats(teacher.dense().values()));
    }
  }

  @Test
  void otherSizesAreRefusedNamingBoth() {
    T5Config other = new T5Config(256, new Width(8, 32, 2, 4), 3, 2, CONVENTIONS, Optional.empty());
    assertThatThrownBy(() -> new StudentInit(SWITCH, other))
        .hasMessage(
            "the student cannot start from this teacher:"
                + " vocab is 128 in the teacher and 256 in the student;"
                + " mlp is 16 in the teacher and 32 in the student;"
                + " encoderLayers is 2 in the teacher and 3 in the student;"
                + " give the student the teacher's sizes");
  }

  @Test
  void aSparseStudentIsRefused() {
    assertThatThrownBy(() -> new StudentInit(SWITCH, SWITCH))
        .hasMessageContaining("a student is dense");
  }

  @Test
  void aCheckpointOfAnotherModelIsRefused() throws IOException {
    try (T5Model dense = model(DENSE, TEACHER_SEED);
        T5Model student = model(DENSE, 99)) {
      Committed checkpoint = saved(dense);
      assertThatThrownBy(
              () ->
                  new StudentInit(SWITCH, DENSE)
                      .apply(checkpoint, conf, student.dense(), STUDENT_SEED))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("lacks decoder.block.0.layer.2.mlp.wi.weight");
    }
  }

  private static T5Model model(T5Config config, long seed) {
    T5Model model = new T5Model(config, Precision.FLOAT32, 0, 1);
    model.dense().initialise(seed);
    model.experts().initialise(seed);
    return model;
  }

  private Committed saved(T5Model model) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Parameters parameters : List.of(model.dense(), model.experts())) {
      parameters.specs().forEach(spec -> tensors.put(spec.name(), parameters.value(spec.name())));
    }
    CheckpointFolder folder = new CheckpointFolder(dir.toUri().toString(), conf);
    Shard shard = folder.writeShard(10, 0, "model", tensors);
    folder.commit(
        new CheckpointManifest(CheckpointManifest.FORMAT_VERSION, 10, 0, List.of(shard), Map.of()));
    return folder.latest().orElseThrow();
  }

  private static void requireEqual(Parameters a, String nameA, Parameters b, String nameB) {
    assertThat(Tensors.toFloats(a.value(nameA)))
        .as("%s and %s", nameA, nameB)
        .isEqualTo(Tensors.toFloats(b.value(nameB)));
  }
}
