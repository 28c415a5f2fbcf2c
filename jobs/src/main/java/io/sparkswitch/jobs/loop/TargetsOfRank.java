package io.sparkswitch.jobs.loop;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.jobs.gang.GangMember;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.t5.Inputs;
import io.sparkswitch.model.t5.T5Model;

final class TargetsOfRank implements AutoCloseable {
  TargetsOfRank(WorkerSpec spec, GangMember member, long corruptionSeed) {}

  void write(long step, Batch batch, Share share, T5Model model, Inputs inputs, Pass pass) {}

  byte[] finishFile(long from, long to) {
    return new byte[0];
  }

  @Override
  public void close() {}
}
