package io.sparkswitch.model.exchange;

import io.sparkswitch.model.tensor.Natives;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A member of a gang in a process of its own. It prints its port, reads the ports of all ranks from
 * its input, and runs one of the programs.
 */
final class GangProcess implements AutoCloseable {
  /** What a child runs once it is connected. */
  interface Program {
    void run(Exchange exchange) throws Exception;
  }

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Process process;
  private final BufferedReader out;

  private GangProcess(Process process) {
    this.process = process;
    this.out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Starts a child that runs the class's {@code run(Exchange)}. */
  static GangProcess start(Class<? extends Program> program, int rank, RunSecret secret)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(
        List.of(
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-XX:ErrorFile=/dev/stderr",
            "-XX:MaxDirectMemorySize=512m"));
    command.addAll(
        List.of("-Dorg.bytedeco.javacpp.maxbytes=0", "-Dorg.bytedeco.javacpp.maxphysicalbytes=0"));
    String cache = System.getProperty("org.bytedeco.javacpp.cachedir");
    if (cache != null) {
      command.add("-Dorg.bytedeco.javacpp.cachedir=" + cache);
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(GangProcess.class.getName(), program.getName(), "" + rank));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    GangProcess child = new GangProcess(process);
    child.tell(HexFormat.of().formatHex(secret.bytes()));
    return child;
  }

  /** Ports in rank order, all on the loopback interface. */
  static List<PeerAddress> addresses(String ports) {
    List<PeerAddress> addresses = new ArrayList<>();
    for (String port : ports.split(" ")) {
      addresses.add(new PeerAddress(addresses.size(), "127.0.0.1", Integer.parseInt(port)));
    }
    return addresses;
  }

  Process process() {
    return process;
  }

  void tell(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  String line() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new IOException("the child ended without another line");
    }
    return line;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  public static void main(String[] arguments) throws Exception {
    Natives.load();
    int rank = Integer.parseInt(arguments[1]);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    RunSecret secret = new RunSecret(HexFormat.of().parseHex(in.readLine()));
    NettyEndpoint endpoint =
        NettyEndpoint.bind(ListenAddress.loopback(), new Member(secret, 3, rank));
    System.out.println(endpoint.address().port());
    Program program = (Program) Class.forName(arguments[0]).getDeclaredConstructor().newInstance();
    try (NettyExchange exchange = endpoint.connect(addresses(in.readLine()), PATIENCE)) {
      program.run(exchange);
    }
  }
}
