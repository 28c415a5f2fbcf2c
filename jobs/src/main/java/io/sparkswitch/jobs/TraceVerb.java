package io.sparkswitch.jobs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.data.batch.BatchStream;
import io.sparkswitch.data.shard.DocumentSpan;
import io.sparkswitch.data.shard.ManifestFile;
import io.sparkswitch.data.shard.PinnedShards;
import io.sparkswitch.data.shard.Segment;
import io.sparkswitch.data.shard.SegmentIds;
import io.sparkswitch.data.shard.ShardManifest;
import io.sparkswitch.data.shard.ShardSet;
import io.sparkswitch.data.shard.ShardSource;
import io.sparkswitch.data.shard.SourceEntry;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.jobs.loop.SkipList;
import io.sparkswitch.jobs.loop.Streams;
import io.sparkswitch.jobs.track.OutputFolder;
import io.sparkswitch.model.checkpoint.CheckpointFolder;
import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import io.sparkswitch.model.checkpoint.CheckpointManifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "trace",
    description =
        "Tells which documents fed a training step: for each sequence of its batch the segment, and"
            + " for each run of tokens the source file, the document's place in it (line, row or"
            + " byte) and its address, or the hash of it if no corpus is given.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footer = {
      "",
      "Example: sparkswitch trace --run runs/demo/switch --shards runs/demo/shards --step 100"
          + " --corpus runs/demo/corpus"
    })
final class TraceVerb extends ConfiguredVerb {
  @Mixin private ShardOptions shards;

  @Option(
      names = "--run",
      required = true,
      paramLabel = "DIR",
      description = "folder that pretrain or distill wrote")
  private String runFolder;

  @Option(
      names = "--step",
      required = true,
      paramLabel = "N",
      showDefaultValue = CommandLine.Help.Visibility.NEVER,
      description = "step of the training, from 1, as in metrics.jsonl")
  private long step;

  @Option(
      names = "--corpus",
      paramLabel = "FOLDER",
      description =
          "the corpus that the shards were made from: addresses are told instead of their hashes,"
              + " by reading again those of its files that the step's documents came from")
  private String corpus;

  @Override
  Optional<String> savedConfiguration(VerbRun run) throws IOException {
    return SavedRun.configuration(runFolder, run);
  }

  @Override
  void run(VerbRun run) throws IOException {
    if (step < 1 || step > run.config().training().steps()) {
      throw new UsageException(
          "--step %d: %s has the steps from 1 to %d"
              .formatted(step, runFolder, run.config().training().steps()));
    }
    ShardSet data = trainedOn(run);
    List<Sequence> sequences = sequences(run, data, batch(run));
    SourceAddresses addresses =
        corpus == null
            ? SourceAddresses.none()
            : SourceAddresses.read(corpus, documents(sequences), run.hadoop(), run::say);
    run.results().put("step", step).put("manifest", data.manifest().number());
    ArrayNode results = run.results().putArray("sequences");
    for (int i = 0; i < sequences.size(); i++) {
      Sequence sequence = sequences.get(i);
      run.say(
          "sequence %d: segment %d, epoch %d, %s"
              .formatted(i, sequence.segment().id(), sequence.epoch(), sequence.source().path()));
      ObjectNode result = results.addObject().put("segment", sequence.segment().id());
      result.put("epoch", sequence.epoch()).put("source", sequence.source().path());
      tell(run, sequence, addresses, result.putArray("spans"));
    }
  }

  /** The batch that fed the step: bad ones are left out of the stream. */
  private long batch(VerbRun run) throws IOException {
    String checkpoints = OutputFolder.of(runFolder, run.hadoop()).uri(TrainingJob.CHECKPOINTS);
    Optional<CheckpointManifest> newest =
        new CheckpointFolder(checkpoints, run.hadoop(), run::say).latest().map(Committed::manifest);
    if (newest.map(CheckpointManifest::step).orElse(0L) < step) {
      run.say(
          "No checkpoint has step %,d yet: if a batch before it turns out bad, another feeds it"
              .formatted(step));
    }
    return new SkipList(newest.map(m -> m.cursor().skippedBatches()).orElse(List.of()))
        .batch(step - 1);
  }

  /** What fed one row of the batch. */
  private record Sequence(Segment segment, int epoch, ShardSource source) {}

  private List<Sequence> sequences(VerbRun run, ShardSet data, long number) {
    Map<Integer, ShardSource> sources =
        data.manifest().sources().stream()
            .collect(Collectors.toMap(SourceEntry::number, SourceEntry::source));
    Batch batch;
    try (BatchStream stream = Streams.training(run.config(), data)) {
      batch = stream.batch(number);
    }
    List<Sequence> sequences = new ArrayList<>();
    for (int i = 0; i < batch.sequences(); i++) {
      long id = batch.segmentIds()[i];
      ShardSource source = source(data.manifest(), id, sources::get);
      sequences.add(new Sequence(data.segment(id), batch.epochs()[i], source));
    }
    return sequences;
  }

  private static Map<ShardSource, List<DocumentSpan>> documents(List<Sequence> sequences) {
    Map<ShardSource, List<DocumentSpan>> documents = new LinkedHashMap<>();
    for (Sequence sequence : sequences) {
      documents
          .computeIfAbsent(sequence.source(), source -> new ArrayList<>())
          .addAll(sequence.segment().spans());
    }
    return documents;
  }

  /** Not verified: a step can be traced as long as the shards that it needs are there. */
  private ShardSet trainedOn(VerbRun run) throws IOException {
    OutputFolder folder = OutputFolder.of(runFolder, run.hadoop());
    if (Provenance.verb(folder).equals(Optional.of("finetune"))) {
      throw new UsageException(
          "%s was fine-tuned on supervised examples, and shards do not tell of them: give the folder that pretrain or distill wrote"
              .formatted(runFolder));
    }
    String where = shards.training(run.hadoop());
    String digest =
        Provenance.dataHash(folder)
            .orElseThrow(
                () ->
                    new InputException(
                        "%s does not say which shards it was trained on: give the folder that pretrain or distill wrote"
                            .formatted(runFolder)));
    ShardManifest manifest =
        ManifestFile.ofData(new Path(where), digest, run.hadoop())
            .orElseThrow(
                () ->
                    new InputException(
                        "%s holds no manifest with the data digest %.12s that %s was trained on: give the shards of that run"
                            .formatted(where, digest, runFolder)));
    return new PinnedShards(where, digest, manifest.number()).open(run.hadoop());
  }

  private static ShardSource source(
      ShardManifest manifest, long segment, Function<Integer, ShardSource> byNumber) {
    if (manifest.schemaVersion() > 1) {
      return byNumber.apply(SegmentIds.source(segment));
    }
    return manifest.sources().stream()
        .filter(
            entry ->
                entry.shards().stream()
                    .anyMatch(
                        shard ->
                            segment >= shard.firstSegment()
                                && segment < shard.firstSegment() + shard.counts().segments()))
        .findFirst()
        .orElseThrow()
        .source();
  }

  private static void tell(
      VerbRun run, Sequence sequence, SourceAddresses addresses, ArrayNode spans) {
    for (DocumentSpan span : sequence.segment().spans()) {
      String hash = "%016x".formatted(span.urlHash());
      Optional<String> address = addresses.of(sequence.source(), span);
      ObjectNode node =
          spans
              .addObject()
              .put("place", span.place())
              .put("urlHash", hash)
              .put("offset", span.offset())
              .put("length", span.length());
      address.ifPresent(url -> node.put("url", url));
      run.say(
          "  %,d tokens from token %,d of the document at %d, address %s"
              .formatted(span.length(), span.offset(), span.place(), address.orElse(hash)));
    }
    if (sequence.segment().spans().isEmpty()) {
      run.say("  shards of the first format do not say which documents");
    }
  }
}
