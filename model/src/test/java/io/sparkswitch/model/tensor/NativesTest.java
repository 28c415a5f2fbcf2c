package io.sparkswitch.model.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.model.tensor.ChildJvm.Ending;
import org.junit.jupiter.api.Test;

class NativesTest {
  static final class Loading {
    public static void main(String[] arguments) {
      Natives.load();
    }
  }

  @Test
  void librariesOfAGpuAreNotLookedFor() throws Exception {
    Ending ending =
        ChildJvm.of(Loading.class)
            .options("-Dorg.bytedeco.javacpp.logger.debug=true", "-XX:TieredStopAtLevel=1")
            .run(60);
    assertThat(ending.exitCode()).as("%s", ending.lines()).isZero();
    assertThat(ending.lines())
        .anyMatch(line -> line.contains("libtorch_cpu"))
        .noneMatch(line -> line.matches(".*(cudart|cublas|cudnn|nccl).*"));
  }
}
