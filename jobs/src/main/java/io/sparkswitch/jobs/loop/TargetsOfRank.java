package io.sparkswitch.jobs.loop;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.distill.target.SoftTargets;
import io.sparkswitch.distill.target.SoftTargetsWriter;
import io.sparkswitch.distill.target.TargetChunk;
import io.sparkswitch.distill.target.TargetsFolder;
import io.sparkswitch.distill.target.TeacherBatch;
import io.sparkswitch.jobs.gang.GangMember;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.t5.Inputs;
import io.sparkswitch.model.t5.T5Model;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** Writes one rank's soft targets, a file a chunk of steps. */
final class TargetsOfRank implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final WorkerSpec spec;
  private final GangMember member;
  private final LongSupplier corruptionSeed;
  private final int kept;
  private SoftTargetsWriter writer;

  /**
   * @param vocabularyRows tokens kept a position where the setting says all
   */
  TargetsOfRank(
      WorkerSpec spec, GangMember member, LongSupplier corruptionSeed, int vocabularyRows) {
    this.spec = spec;
    this.member = member;
    this.corruptionSeed = corruptionSeed;
    int topK = spec.config().teach().topK();
    this.kept = topK == 0 ? vocabularyRows : topK;
  }

  /** Opens the file of steps [from, to). */
  void begin(long from, long to) throws IOException {
    TargetsFolder folder = new TargetsFolder(spec.folders().targets(), member.hadoop());
    TargetChunk chunk = new TargetChunk(from, to, member.exchange().rank(), member.attempt());
    writer = folder.writer(chunk, kept);
  }

  void write(long step, Batch batch, Share share, T5Model model, Inputs inputs, Pass pass)
      throws IOException {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor logits = model.forward(inputs, pass);
      Batch part = batch.slice(share.from(), share.to());
      TeacherBatch read = new TeacherBatch(step, share.from(), corruptionSeed.getAsLong(), part);
      for (SoftTargets row : read.rows(logits, kept)) {
        writer.write(row);
      }
    }
  }

  /** Closes the file; its entry for the manifest. */
  byte[] finish() throws IOException {
    byte[] entry = JSON.writeValueAsBytes(writer.finish());
    writer.close();
    writer = null;
    return entry;
  }

  @Override
  public void close() throws IOException {
    if (writer != null) {
      writer.close();
    }
  }
}
