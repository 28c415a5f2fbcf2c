package io.sparkswitch.distill.target.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.distill.target.Rows;
import io.sparkswitch.distill.target.SoftTargets;
import io.sparkswitch.distill.target.TargetValues;
import io.sparkswitch.distill.target.TargetsSettings;
import java.net.URISyntaxException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

/** Soft targets of format 2, as the first version that wrote it left them. */
class OldTargetsTest {
  @Test
  void theyAreReadAsTheyWereWritten() throws URISyntaxException {
    String folder = OldTargetsTest.class.getResource("targets-format-2").toURI().toString();
    SoftTargetsReader reader = SoftTargetsReader.open(folder, new Configuration());
    reader.verifyDigests();
    assertThat(reader.manifest().formatVersion()).isEqualTo(2);
    assertThat(reader.manifest().bytesPerTarget()).isGreaterThan(1);
    for (long step = 0; step < 4; step++) {
      List<SoftTargets> rows = reader.rows(step, 0, Rows.batch(step));
      for (SoftTargets expected :
          Rows.rows(step, 0, Rows.BATCH, TargetsSettings.topK(3, TargetValues.BFLOAT16))) {
        SoftTargets row = rows.get(expected.sequence());
        assertThat(row.key()).isEqualTo(expected.key());
        assertThat(row.distributions().tokens()).isEqualTo(expected.distributions().tokens());
        assertThat(row.distributions().remainder()[0])
            .isCloseTo(expected.distributions().remainder()[0], within(1e-6f));
      }
    }
  }
}
