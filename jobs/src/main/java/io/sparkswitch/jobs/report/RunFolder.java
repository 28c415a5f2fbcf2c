package io.sparkswitch.jobs.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.sparkswitch.data.shard.ManifestFile;
import io.sparkswitch.data.shard.ShardManifest;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.jobs.track.MetricsLog;
import io.sparkswitch.jobs.track.OutputFolder;
import io.sparkswitch.jobs.track.StepMetrics;
import io.sparkswitch.model.checkpoint.CheckpointFolder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Everything the report needs, read once; any part of the folder may be missing.
 *
 * @param name the last part of the folder's path
 * @param runs the trainings that are there
 * @param parts the other parts that are there, each with the JSON that describes it by file
 * @param samples filled spans, empty where none were written
 * @param recordedSeconds the sum over all parts and trainings; empty when nothing was recorded
 */
record RunFolder(
    String name,
    Map<Role, Run> runs,
    Map<Part, Map<String, JsonNode>> parts,
    List<Sample> samples,
    OptionalDouble recordedSeconds) {

  /**
   * @throws FileNotFoundException if there is no such folder
   * @throws io.sparkswitch.data.source.InputException if a file is not the JSON it should be
   */
  static RunFolder read(String folder, Configuration conf) throws IOException {
    Path root = new Path(folder);
    FileSystem files = root.getFileSystem(conf);
    if (!files.exists(root) || !files.getFileStatus(root).isDirectory()) {
      throw new FileNotFoundException(
          "run folder = %s is not there: give the folder that pretrain wrote to (--out)"
              .formatted(folder));
    }
    return new Reader(OutputFolder.of(folder, conf), root.getName(), conf).read();
  }

  Optional<Run> run(Role role) {
    return Optional.ofNullable(runs.get(role));
  }

  OptionalDouble negLogPerplexity(Role role) {
    return run(role).map(Run::negLogPerplexity).orElse(OptionalDouble.empty());
  }

  private record Reader(OutputFolder files, String name, Configuration conf) {

    RunFolder read() throws IOException {
      Map<Role, Run> runs = new EnumMap<>(Role.class);
      List<Sample> samples = new ArrayList<>();
      for (Role role : Role.values()) {
        if (files.exists(role.folder())) {
          runs.put(role, run(role));
          samples.addAll(samples(role));
        }
      }
      Map<Part, Map<String, JsonNode>> parts = new EnumMap<>(Part.class);
      List<OptionalDouble> seconds = new ArrayList<>();
      for (Part part : Part.values()) {
        if (files.exists(part.folder())) {
          parts.put(part, descriptions(part));
          seconds.add(JsonText.number(json(part.folder() + "/status.json").path("seconds")));
        }
      }
      double[] recorded =
          Stream.concat(seconds.stream(), runs.values().stream().map(Run::seconds))
              .flatMapToDouble(OptionalDouble::stream)
              .toArray();
      return new RunFolder(
          name,
          runs,
          parts,
          samples,
          recorded.length == 0
              ? OptionalDouble.empty()
              : OptionalDouble.of(DoubleStream.of(recorded).sum()));
    }

    private Run run(Role role) throws IOException {
      String folder = role.folder();
      JsonNode evaluation = json(folder + "/evaluation.json");
      JsonNode provenance = json(folder + "/provenance.json");
      return new Run(
          role,
          intervals(folder),
          evaluation,
          json(folder + "/status.json"),
          ended(folder),
          provenance.isMissingNode() ? evaluation.path("provenance") : provenance);
    }

    /** Whether the checkpoint of the last step that the configuration asks for is there. */
    private boolean ended(String folder) throws IOException {
      Optional<String> text = files.read(folder + "/config.conf");
      if (text.isEmpty()) {
        return false;
      }
      try {
        long steps = ConfigFactory.parseString(text.get()).getLong("training.steps");
        return new CheckpointFolder(files.uri(folder + "/checkpoints"), conf).isCommitted(steps);
      } catch (ConfigException e) {
        throw new InputException(
            "%s/config.conf is damaged: %s".formatted(folder, e.getMessage()), e);
      }
    }

    private Map<String, JsonNode> descriptions(Part part) throws IOException {
      Map<String, JsonNode> found = new LinkedHashMap<>();
      for (String file : part.descriptions()) {
        JsonNode description = part == Part.SHARDS ? shards(file) : json(file);
        if (!description.isMissingNode()) {
          found.put(file, description);
        }
      }
      return found;
    }

    private JsonNode shards(String folder) throws IOException {
      Optional<ShardManifest> newest = ManifestFile.newest(new Path(files.uri(folder)), conf);
      return newest.isPresent() ? JsonText.tree(newest.get()) : JsonText.missing();
    }

    private List<Sample> samples(Role role) throws IOException {
      List<Sample> samples = new ArrayList<>();
      for (JsonNode sample : json(role.folder() + "/samples.json")) {
        samples.add(new Sample(role, sample.path("input").asText(), sample.path("spans").asText()));
      }
      return samples;
    }

    private List<StepMetrics> intervals(String run) throws IOException {
      try {
        return MetricsLog.read(OutputFolder.of(files.uri(run), conf));
      } catch (IllegalArgumentException e) {
        throw new InputException(
            "%s/%s is damaged (%s): remove that line"
                .formatted(run, MetricsLog.FILE, e.getMessage()),
            e);
      }
    }

    private JsonNode json(String file) throws IOException {
      Optional<String> text = files.read(file);
      return text.isPresent() ? JsonText.parse(text.get(), file) : JsonText.missing();
    }
  }
}
