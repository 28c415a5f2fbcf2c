package io.sparkswitch.jobs;

import io.sparkswitch.data.batch.corruption.SegmentLengths;
import io.sparkswitch.data.batch.example.ExampleFolder;
import io.sparkswitch.data.batch.example.ExampleManifest;
import io.sparkswitch.data.shard.ShardCounts;
import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.jobs.EvaluationFigures.Text;
import io.sparkswitch.jobs.conf.ExampleSettings;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.loop.RunData;
import io.sparkswitch.jobs.loop.Streams;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a model is evaluated on.
 *
 * @param where all processes find it
 * @param vocabulary the vocabulary of its tokens
 * @param text what it holds
 * @param languages what each of its languages holds; empty where it has only one
 * @param inputs tokens of a sequence on the encoder's side
 * @param targets tokens of a sequence on the decoder's side
 */
record EvaluationData(
    RunData where,
    VocabularySpec vocabulary,
    Text text,
    SortedMap<String, Text> languages,
    int inputs,
    int targets) {

  /** The validation split of shards. */
  static EvaluationData of(OpenShards shards) {
    SegmentLengths lengths = shards.lengths();
    SortedMap<String, Text> languages = new TreeMap<>();
    Streams.languages(shards.validation())
        .forEach((code, counts) -> languages.put(code, text(counts, lengths)));
    return new EvaluationData(
        shards.where(),
        shards.vocabulary(),
        text(shards.validation().manifest().totals(), lengths),
        languages,
        lengths.inputs(),
        lengths.targets());
  }

  /** Supervised examples. */
  static EvaluationData of(ExampleFolder examples, RunConfig config) {
    ExampleSettings settings = config.examples();
    ExampleManifest manifest = examples.manifest();
    return new EvaluationData(
        new OpenExamples(examples, Optional.empty()).where(),
        manifest.vocabulary(),
        new Text(manifest.examples(), manifest.targetBytes()),
        new TreeMap<>(),
        settings.inputsLength(),
        settings.targetsLength());
  }

  SortedMap<String, Long> sequencesOfLanguages() {
    SortedMap<String, Long> sequences = new TreeMap<>();
    languages.forEach((code, part) -> sequences.put(code, part.sequences()));
    return sequences;
  }

  /** Sentinels and ends cost nats too, but only masked tokens stand for bytes. */
  private static Text text(ShardCounts counts, SegmentLengths lengths) {
    double bytesPerToken = (double) counts.textBytes() / counts.tokens();
    return new Text(counts.segments(), counts.segments() * lengths.masked() * bytesPerToken);
  }
}
