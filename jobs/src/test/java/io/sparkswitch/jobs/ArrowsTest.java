package io.sparkswitch.jobs;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;

/** The arrows between the modules, and who may use what. */
@AnalyzeClasses(packages = "io.sparkswitch", importOptions = ImportOption.DoNotIncludeTests.class)
class ArrowsTest {
  @ArchTest
  static final ArchRule modulesKnowOnlyThoseBeforeThem =
      Architectures.layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("data")
          .definedBy("io.sparkswitch.data..")
          .layer("model")
          .definedBy("io.sparkswitch.model..")
          .optionalLayer("distill")
          .definedBy("io.sparkswitch.distill..")
          .layer("jobs")
          .definedBy("io.sparkswitch.jobs..")
          .whereLayer("data")
          .mayNotAccessAnyLayer()
          .whereLayer("model")
          .mayOnlyAccessLayers("data")
          .whereLayer("distill")
          .mayOnlyAccessLayers("data", "model")
          .whereLayer("jobs")
          .mayNotBeAccessedByAnyLayer();

  @ArchTest
  static final ArchRule sparkVisitsOnlyThePipelineAndJobs =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.sparkswitch.data.pipeline..", "io.sparkswitch.jobs..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..");

  @ArchTest
  static final ArchRule statisticsKnowNeitherRunsNorSpark =
      noClasses()
          .that()
          .resideInAPackage("io.sparkswitch.jobs.study.statistics..")
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages(
              "java..", "org.apache.commons.math3..", "io.sparkswitch.jobs.study.statistics..");

  @ArchTest
  static final ArchRule configurationAndCommandLineStayInJobs =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.sparkswitch.jobs..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.typesafe.config..", "picocli..");

  @ArchTest
  static final ArchRule barrierStagesAreStartedByTheGangOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.sparkswitch.jobs.gang..")
          .should()
          .callMethodWhere(
              describe(
                  "barrier() of Spark",
                  call ->
                      call.getTarget().getName().equals("barrier")
                          && call.getTargetOwner()
                              .getPackageName()
                              .startsWith("org.apache.spark")));

  /** Weights travel by the exchange alone. */
  @ArchTest
  static final ArchRule whoTrainsBroadcastsNothing =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.sparkswitch.data.pipeline..")
          .should()
          .callMethodWhere(
              describe(
                  "broadcast() of Spark",
                  call ->
                      call.getTarget().getName().equals("broadcast")
                          && call.getTargetOwner()
                              .getPackageName()
                              .startsWith("org.apache.spark")));

  @ArchTest
  static final ArchRule whatPeersSendIsNotDeserialised =
      noClasses()
          .that()
          .resideInAPackage("io.sparkswitch.model..")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.io.ObjectInputStream");

  @ArchTest
  static final ArchRule noClassIsAUtilAHelperOrAManager =
      noClasses().should().haveNameMatching(".*(Util|Utils|Helper|Helpers|Manager|Managers)");
}
