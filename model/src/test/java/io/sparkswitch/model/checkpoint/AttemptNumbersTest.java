package io.sparkswitch.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttemptNumbersTest {
  @TempDir private Path folder;

  @Test
  void numbersThatManyWantAtOnceAreGivenOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    CyclicBarrier begin = new CyclicBarrier(4);
    List<Integer> numbers = new ArrayList<>();
    for (int round = 0; round < 20; round++) {
      List<Future<Integer>> claims = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        claims.add(
            threads.submit(
                () -> {
                  begin.await();
                  return new AttemptNumbers(folder.toString(), new Configuration()).claim();
                }));
      }
      for (Future<Integer> claim : claims) {
        numbers.add(claim.get());
      }
    }
    threads.shutdown();

    assertThat(numbers).doesNotHaveDuplicates().hasSize(80);
  }
}
