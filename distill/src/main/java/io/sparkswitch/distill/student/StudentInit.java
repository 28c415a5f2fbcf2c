package io.sparkswitch.distill.student;

import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import io.sparkswitch.model.checkpoint.CheckpointReader;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Parameters;
import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.Parameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.bytedeco.pytorch.Tensor;

/**
 * Starts a dense student from the non-expert weights of a teacher (paper section 4.2): everything
 * that every executor holds but the routers. Feed-forwards that are sparse in the teacher start
 * anew; the norms before them are copied. A dense teacher gives all its weights.
 *
 * @param teacher the teacher's architecture
 * @param student the student's: dense, and of the teacher's sizes
 */
public record StudentInit(T5Config teacher, T5Config student) {
  private static final String SWITCH_FEED_FORWARD = ".mlp.";
  private static final String DENSE_FEED_FORWARD = ".DenseReluDense.";

  public StudentInit {
    Compatibility.require(teacher, student);
  }

  /** The map: student's name to teacher's name; parameters that start anew are not in it. */
  public Map<String, String> sources() {
    Set<String> taught =
        T5Parameters.dense(teacher).stream().map(ParameterSpec::name).collect(Collectors.toSet());
    Map<String, String> sources = new LinkedHashMap<>();
    for (ParameterSpec spec : T5Parameters.dense(student)) {
      String source = sourceOf(spec.name());
      if (taught.contains(source)) {
        sources.put(spec.name(), source);
      }
    }
    return sources;
  }

  /** A Switch model calls even its dense feed-forwards by another name than T5. */
  private String sourceOf(String name) {
    return teacher.sparse().isPresent()
        ? name.replace(DENSE_FEED_FORWARD, SWITCH_FEED_FORWARD)
        : name;
  }

  /**
   * Fills the student's parameters.
   *
   * @param checkpoint the teacher's
   * @param into the student's dense parameters, all of them set
   * @param seed of what starts anew: the same draws as in a dense model of that seed
   * @throws IOException naming the first tensor that the checkpoint lacks or has in another shape
   */
  public InitReport apply(Committed checkpoint, Configuration conf, Parameters into, long seed)
      throws IOException {
    Map<String, String> sources = sources();
    Map<String, Tensor> wanted = new LinkedHashMap<>();
    List<String> copied = new ArrayList<>();
    List<String> fresh = new ArrayList<>();
    for (ParameterSpec spec : into.specs()) {
      String source = sources.get(spec.name());
      if (source == null) {
        into.initialise(spec, seed);
        fresh.add(spec.name());
      } else {
        wanted.put(source, into.value(spec.name()));
        copied.add(spec.name() + " <- " + source);
      }
    }
    CheckpointReader.read(checkpoint, conf, wanted);
    return new InitReport(copied, fresh);
  }
}
