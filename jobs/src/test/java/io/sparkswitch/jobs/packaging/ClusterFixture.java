package io.sparkswitch.jobs.packaging;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.awaitility.Awaitility;

/**
 * A Spark standalone cluster: a Master and two Workers, processes of their own on loopback, with
 * {@code spark.authenticate} on. A submission gets two executors of one core, one on each worker.
 * Everything lies in one folder; {@link #close} ends every process and removes it.
 */
public final class ClusterFixture implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration SUBMISSION = Duration.ofMinutes(5);
  private static final int WORKERS = 2;
  private static final String DEPLOY = "org.apache.spark.deploy.";
  private static final String EXECUTOR = "CoarseGrainedExecutorBackend";

  private final Path folder;
  private final String java;
  private final Path secrets;
  private final List<RunningProgram> programs = new ArrayList<>();
  private final String master;
  private int workers;
  private int submissions;

  private ClusterFixture(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder).toRealPath();
    this.java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Path conf = Files.createDirectories(this.folder.resolve("conf"));
    Files.createDirectories(this.folder.resolve("local"));
    Files.createSymbolicLink(this.folder.resolve("jars"), Built.sparkJars());
    Files.copy(Built.root().resolve("conf/log4j2.properties"), conf.resolve("log4j2.properties"));
    this.secrets = writeSecrets();
    this.master = startDaemons();
  }

  /** Starts a cluster that keeps its files in {@code folder}, which is created. */
  public static ClusterFixture start(Path folder) throws IOException {
    return new ClusterFixture(folder);
  }

  /** The URL of the master. */
  public String master() {
    return master;
  }

  /** Runs a verb to its end, within five minutes. */
  public ProgramOutput submit(
      List<String> verbArguments, Map<String, String> sparkConf, DeployMode mode)
      throws IOException, InterruptedException {
    ProgramOutput submitted = launch(verbArguments, sparkConf, mode).await(SUBMISSION);
    return mode == DeployMode.CLIENT
        ? submitted
        : new ProgramOutput(submitted.exitCode(), submitted.output() + driverOutput());
  }

  /** Starts a verb. In cluster deploy mode the program ends when the driver has. */
  public RunningProgram launch(
      List<String> verbArguments, Map<String, String> sparkConf, DeployMode mode)
      throws IOException {
    Map<String, String> conf = new TreeMap<>();
    conf.put("spark.executor.cores", "1");
    conf.put("spark.cores.max", "2");
    conf.put("spark.executor.memory", "1g");
    conf.put("spark.driver.memory", "1g");
    conf.put("spark.driver.extraJavaOptions", JavaModuleOptions.defaultModuleOptions());
    conf.put("spark.standalone.submit.waitAppCompletion", "true");
    conf.putAll(sparkConf);

    List<String> arguments = new ArrayList<>(List.of("--master", master));
    arguments.addAll(List.of("--deploy-mode", mode.option()));
    arguments.addAll(List.of("--properties-file", secrets.toString()));
    conf.forEach((key, value) -> arguments.addAll(List.of("--conf", key + "=" + value)));
    arguments.addAll(List.of("--class", "io.sparkswitch.jobs.Main", Built.jar().toString()));
    arguments.addAll(verbArguments);
    submissions++;
    return program("submission-" + submissions, DEPLOY + "SparkSubmit", "conf", arguments);
  }

  /** The executors that run at this moment, to be killed. */
  public List<ProcessHandle> executors() {
    return programs.stream()
        .flatMap(program -> program.handle().descendants())
        .filter(handle -> handle.info().commandLine().orElse("").contains(EXECUTOR))
        .toList();
  }

  @Override
  public void close() {
    for (int i = programs.size() - 1; i >= 0; i--) {
      ProcessTree.end(programs.get(i).handle());
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + folder, e);
    }
  }

  private Path writeSecrets() throws IOException {
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    Path file = folder.resolve("secrets.conf");
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(
        file,
        "spark.authenticate true\nspark.authenticate.secret %s\nspark.decommission.enabled true\n"
            .formatted(HexFormat.of().formatHex(secret)));
  }

  private String startDaemons() throws IOException {
    try {
      RunningProgram daemon = daemon("master", "master.Master", List.of());
      String url = said(daemon, "Starting Spark master at (spark://\\S+)");
      for (int i = 0; i < WORKERS; i++) {
        startWorker(url);
      }
      return url;
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Starts another worker, for one that was killed. */
  public void startWorker() throws IOException {
    startWorker(master);
  }

  private void startWorker(String url) throws IOException {
    workers++;
    String work = folder.resolve("work-" + workers).toString();
    RunningProgram worker =
        daemon(
            "worker-" + workers,
            "worker.Worker",
            List.of("--cores", "2", "--memory", "4g", "--work-dir", work, url));
    said(worker, "(Successfully registered with master)");
  }

  private RunningProgram daemon(String name, String main, List<String> more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("--properties-file", secrets.toString()));
    arguments.addAll(List.of("--host", "127.0.0.1", "--port", "0", "--webui-port", "0"));
    arguments.addAll(more);
    return program(name, DEPLOY + main, "none", arguments);
  }

  /** Spark logs what it does unless a configuration in {@code conf} says less. */
  private RunningProgram program(String name, String main, String conf, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(java, "-Xmx1g"));
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().split("\\s+")));
    command.addAll(List.of("-cp", folder.resolve(conf) + ":" + folder.resolve("jars") + "/*"));
    command.add(main);
    command.addAll(arguments);
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("SPARK_HOME", folder.toString());
    environment.put("SPARK_CONF_DIR", folder.resolve(conf).toString());
    environment.put("SPARK_SCALA_VERSION", "2.13");
    environment.put("SPARK_LOCAL_DIRS", folder.resolve("local").toString());
    environment.put("SPARK_LOCAL_IP", "127.0.0.1");
    environment.put("SPARK_LOCAL_HOSTNAME", "localhost");
    RunningProgram program =
        RunningProgram.start(command, environment, folder.resolve(name + ".log"));
    programs.add(program);
    return program;
  }

  private static String said(RunningProgram program, String expression) {
    Pattern pattern = Pattern.compile(expression);
    Awaitility.await()
        .atMost(START)
        .pollInterval(Duration.ofMillis(100))
        .failFast(
            () -> {
              if (!program.handle().isAlive()) {
                throw new IllegalStateException("it ended and had said:\n" + program.output());
              }
            })
        .until(() -> pattern.matcher(program.output()).find());
    Matcher matcher = pattern.matcher(program.output());
    matcher.find();
    return matcher.group(1);
  }

  private String driverOutput() throws IOException {
    StringBuilder all = new StringBuilder();
    for (int i = 1; i <= workers; i++) {
      try (Stream<Path> files = Files.walk(folder.resolve("work-" + i))) {
        for (Path file : files.sorted().toList()) {
          if (file.toString().matches(".*/driver-[^/]*/(stdout|stderr)")) {
            all.append("\n== ").append(file.getFileName()).append("\n");
            all.append(Files.readString(file));
          }
        }
      }
    }
    return all.toString();
  }
}
