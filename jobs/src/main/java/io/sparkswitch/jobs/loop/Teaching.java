package io.sparkswitch.jobs.loop;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparkswitch.distill.target.TargetKind;
import io.sparkswitch.distill.target.TargetValues;
import io.sparkswitch.distill.target.TargetsSettings;
import io.sparkswitch.distill.target.store.ChunkLog;
import io.sparkswitch.distill.target.store.TargetFile;
import io.sparkswitch.distill.target.store.TargetFile.Span;
import io.sparkswitch.distill.target.store.TargetsOrigin;
import io.sparkswitch.distill.target.store.TaughtChunk;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.conf.TeachSettings;
import io.sparkswitch.jobs.gang.DriverProgram;
import io.sparkswitch.model.exchange.Exchange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * A teacher's soft targets for the batches of a student's stream, chunk by chunk. Each attempt goes
 * on after the last chunk that is committed, whoever committed it on however many ranks.
 */
public final class Teaching implements DriverProgram<List<TargetFile>> {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * What is to be written.
   *
   * @param settings how
   * @param origin of what
   * @param commitEvery steps of a chunk
   */
  public record Assignment(TargetsSettings settings, TargetsOrigin origin, long commitEvery) {}

  private final LoadedModel teacher;
  private final Assignment assignment;
  private final ChunkLog log;
  private final Tenure tenure;
  private final LongConsumer progress;
  private volatile long taught;

  /**
   * @param log of the folder that is written to
   * @param tenure asked before each commit
   * @param progress takes the number of steps done after each commit
   */
  public Teaching(
      LoadedModel teacher,
      Assignment assignment,
      ChunkLog log,
      Tenure tenure,
      LongConsumer progress) {
    this.teacher = teacher;
    this.assignment = assignment;
    this.log = log;
    this.tenure = tenure;
    this.progress = progress;
  }

  /**
   * How a configuration has soft targets made.
   *
   * @param vocabularyRows tokens of a whole distribution
   */
  public static TargetsSettings settings(RunConfig config, int vocabularyRows) {
    TeachSettings teach = config.teach();
    TargetValues values = TargetValues.valueOf(teach.values().name());
    TargetsSettings kept =
        switch (TargetKind.valueOf(teach.kind().name())) {
          case FULL -> TargetsSettings.full(vocabularyRows, values);
          case TOP_K -> TargetsSettings.topK(teach.topK(), values);
          case SAMPLED -> TargetsSettings.sampled(teach.draws());
        };
    long steps = teach.steps() > 0 ? teach.steps() : config.training().steps();
    return kept.at(teach.temperature()).over(steps).in(config.training().precision().name());
  }

  @Override
  public List<TargetFile> run(Exchange exchange, int attempt) throws Exception {
    return teacher.doing((ranks, number) -> teach(ranks)).run(exchange, attempt);
  }

  private List<TargetFile> teach(RankSet ranks) throws IOException {
    List<TargetFile> files = new ArrayList<>();
    long from = 0;
    List<TaughtChunk> chunks = log.readOf(assignment.settings(), assignment.origin());
    tenure.requireHeld();
    log.deleteAllBut(chunks);
    for (TaughtChunk chunk : chunks) {
      files.addAll(chunk.files());
      from = chunk.steps().to();
    }
    taught = from;
    long steps = assignment.settings().steps();
    while (from < steps) {
      Span chunk = new Span(from, Math.min(steps, from + assignment.commitEvery()));
      files.addAll(teach(ranks, chunk));
      from = chunk.to();
      taught = from;
      progress.accept(from);
    }
    return files;
  }

  private List<TargetFile> teach(RankSet ranks, Span chunk) throws IOException {
    ranks.beginTargets(chunk.from(), chunk.to());
    for (long step = chunk.from(); step < chunk.to(); step++) {
      ranks.teach(step);
    }
    List<TargetFile> files = new ArrayList<>();
    for (byte[] entry : ranks.endTargets()) {
      files.add(JSON.readValue(entry, TargetFile.class));
    }
    tenure.requireHeld();
    log.commit(TaughtChunk.of(assignment.settings(), assignment.origin(), chunk, files));
    return files;
  }

  @Override
  public long progress() {
    return taught;
  }
}
