package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.shard.Digests;
import io.sparkswitch.data.shard.ShardFile;
import io.sparkswitch.data.shard.ShardManifest;
import io.sparkswitch.data.shard.ShardSettings;
import io.sparkswitch.data.source.CorpusFile;
import io.sparkswitch.data.token.VocabularySpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a shard folder is to be made of.
 *
 * @param sources the source files, in the order of their shards
 * @param settings how tokens are cut and stored
 * @param vocabulary the vocabulary of the token ids
 */
record ShardPlan(List<CorpusFile> sources, ShardSettings settings, VocabularySpec vocabulary) {
  private static final Pattern SHARD_NAME = Pattern.compile(".*-[0-9a-f]{12}\\.a\\d+\\.parquet");
  private static final Pattern QUARANTINE_NAME =
      Pattern.compile(".*-[0-9a-f]{12}\\.a\\d+\\.jsonl\\.gz");
  private static final int DIGEST_CHARACTERS = 12;

  ShardPlan {
    sources = List.copyOf(sources);
  }

  /** Whether a file of that name can be a shard or its quarantine. */
  static boolean isOurs(String name) {
    return SHARD_NAME.matcher(name).matches() || QUARANTINE_NAME.matcher(name).matches();
  }

  /**
   * The name of a shard: its source, a digest of all that its content depends on, and the attempt
   * that wrote it.
   */
  String shardName(int source, int attempt) {
    CorpusFile file = sources.get(source);
    String made =
        String.join(
            "\n",
            file.path(),
            Long.toString(file.bytes()),
            Integer.toString(source),
            settings.toString(),
            vocabulary.digest());
    String digest = Digests.of(made.getBytes(StandardCharsets.UTF_8));
    return "%s-%s.a%d.parquet"
        .formatted(
            file.name().replaceFirst("\\.json(\\.gz)?$", ""),
            digest.substring(0, DIGEST_CHARACTERS),
            attempt);
  }

  /** How a finished folder differs from this plan, in words; empty if it does not. */
  Optional<String> differenceFrom(ShardManifest manifest) {
    List<String> differences = new ArrayList<>();
    compare(
        differences,
        "segment length",
        manifest.settings().segmentLength(),
        settings.segmentLength());
    compare(
        differences,
        "row group segments",
        manifest.settings().rowGroupSegments(),
        settings.rowGroupSegments());
    compare(differences, "vocabulary", manifest.vocabulary().digest(), vocabulary.digest());
    List<CorpusFile> before =
        manifest.files().stream()
            .map(ShardFile::source)
            .map(source -> CorpusFile.of(source.path(), source.bytes()))
            .toList();
    if (!before.equals(sources)) {
      differences.add(sourceDifference(before));
    }
    return differences.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", differences));
  }

  private String sourceDifference(List<CorpusFile> before) {
    Optional<CorpusFile> gone = before.stream().filter(f -> !sources.contains(f)).findFirst();
    Optional<CorpusFile> added = sources.stream().filter(f -> !before.contains(f)).findFirst();
    return "source files were %d and are %d now%s%s"
        .formatted(
            before.size(),
            sources.size(),
            gone.map(file -> ", gone or changed: " + file.path()).orElse(""),
            added.map(file -> ", new or changed: " + file.path()).orElse(""));
  }

  private static void compare(List<String> differences, String name, Object before, Object now) {
    if (!before.equals(now)) {
      differences.add("%s was %s and is %s now".formatted(name, before, now));
    }
  }
}
