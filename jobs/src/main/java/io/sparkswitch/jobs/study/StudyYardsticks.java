package io.sparkswitch.jobs.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparkswitch.data.batch.BatchStream;
import io.sparkswitch.data.shard.ShardSet;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.loop.Streams;
import io.sparkswitch.jobs.study.result.Yardsticks;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** Measures a study's yardsticks once, on the batches that its dense model learns from. */
public final class StudyYardsticks {
  /** Sequences that are counted at most. */
  static final long SEQUENCES = 200_000;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private StudyYardsticks() {}

  /** Those that are there, or new ones. */
  public static Yardsticks of(StudyFolders folders, RunConfig config, Configuration hadoop)
      throws IOException {
    String file =
        "%s/yardsticks-%s.json"
            .formatted(
                folders.data(),
                Identity.of(List.of(config.render(List.of("seed", "data", "training")))));
    Optional<String> there = folders.root().read(file);
    if (there.isPresent()) {
      return parse(there.get(), folders.root().uri(file));
    }
    Yardsticks measured = measure(folders, config, hadoop);
    folders.root().write(file, JSON.valueToTree(measured).toPrettyString() + "\n");
    return measured;
  }

  private static Yardsticks measure(StudyFolders folders, RunConfig config, Configuration hadoop) {
    ShardSet train = ShardSet.open(folders.shards() + "/train", hadoop);
    ShardSet validation = ShardSet.open(folders.shards() + "/validation", hadoop);
    NeighbourCounts counts = new NeighbourCounts(train.manifest().vocabulary());
    try (BatchStream stream = Streams.training(config, train)) {
      long batches = Math.min(config.training().steps(), SEQUENCES / config.training().batchSize());
      for (long batch = 0; batch < Math.max(1, batches); batch++) {
        counts.add(stream.batch(batch));
      }
    }
    NeighbourCounts.Loss loss = counts.new Loss();
    try (BatchStream stream = Streams.validation(config, validation)) {
      for (long batch = 0; batch < stream.batches(); batch++) {
        loss.add(stream.batch(batch));
      }
    }
    return loss.mean();
  }

  private static Yardsticks parse(String text, String where) {
    try {
      JsonNode node = JSON.readTree(text);
      return new Yardsticks(node.path("unigram").asDouble(), node.path("neighbour").asDouble());
    } catch (JsonProcessingException e) {
      throw new InputException("%s is not valid JSON: remove it".formatted(where), e);
    }
  }
}
