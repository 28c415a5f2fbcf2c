package io.sparkswitch.model.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.model.tensor.ChildJvm.Ending;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** Tensors live outside the Java heap and are not bounded by it. */
class NativeMemoryTest {
  private static final int HEAP_MEGABYTES = 96;
  private static final int TIMES = 5;

  /** Holds tensors of so many megabytes at once. */
  static final class Holder {
    public static void main(String[] arguments) {
      Natives.load();
      long megabytes = Long.parseLong(arguments[0]);
      List<Tensor> held = new ArrayList<>();
      long bytes = 0;
      for (int i = 0; i < megabytes; i++) {
        Tensor tensor = Tensors.zeros(ScalarType.Float, 1 << 18);
        tensor.fill_(Tensors.scalar(i));
        bytes += tensor.nbytes();
        held.add(tensor);
      }
      double sum = 0;
      for (Tensor tensor : held) {
        sum += tensor.max().item_double();
      }
      System.out.println("heap " + Runtime.getRuntime().maxMemory());
      System.out.println("bytes " + bytes);
      System.out.println("sum " + (long) sum);
      System.out.println("resident " + ChildJvm.resident());
    }
  }

  @Test
  void tensorsMayHoldFiveTimesTheHeap() throws Exception {
    int megabytes = TIMES * HEAP_MEGABYTES;
    Ending ending =
        ChildJvm.of(Holder.class)
            .options("-Xmx" + HEAP_MEGABYTES + "m", "-XX:TieredStopAtLevel=1")
            .run(60, "" + megabytes);
    assertThat(ending.exitCode()).as("%s", ending.lines()).isZero();
    assertThat(ending.number("bytes")).isGreaterThanOrEqualTo(TIMES * ending.number("heap"));
    assertThat(ending.number("sum")).isEqualTo((long) megabytes * (megabytes - 1) / 2);
    assertThat(ending.number("resident")).isGreaterThan(ending.number("bytes"));
  }

  @Test
  void aCapOnNativeMemoryWouldForbidIt() throws Exception {
    Ending ending =
        ChildJvm.of(Holder.class)
            .options("-Xmx" + HEAP_MEGABYTES + "m", "-XX:TieredStopAtLevel=1")
            .options("-Dorg.bytedeco.javacpp.maxphysicalbytes=" + 4L * HEAP_MEGABYTES + "m")
            .options("-Dorg.bytedeco.javacpp.maxretries=1")
            .run(60, "" + TIMES * HEAP_MEGABYTES);
    assertThat(ending.exitCode()).isNotZero();
    assertThat(ending.lines()).anyMatch(line -> line.contains("OutOfMemoryError"));
  }
}
