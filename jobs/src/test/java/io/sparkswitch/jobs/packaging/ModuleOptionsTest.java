package io.sparkswitch.jobs.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Test;

class ModuleOptionsTest {
  @Test
  void testsRunWithTheFlagsThatSparkGivesItsOwnProcesses() {
    assertThat(System.getProperty("sparkswitch.module-options").split("\\s+"))
        .as("spark.module.options in pom.xml")
        .containsExactly(JavaModuleOptions.defaultModuleOptions().split("\\s+"));
  }
}
