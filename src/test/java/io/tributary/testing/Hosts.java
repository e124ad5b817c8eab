package io.tributary.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Hosts with addresses of their own on this machine: network namespaces that a bridge joins. Links
 * between them can be cut and healed.
 */
public final class Hosts implements AutoCloseable {
  private final String name = "t" + ProcessHandle.current().pid();
  private final int count;

  /**
   * Makes hosts 0 to count - 1. Skips the test where namespaces can't be made, unless {@code CI} is
   * in the environment.
   */
  public Hosts(int count) throws IOException, InterruptedException {
    TestTools.require("ip", "iptables");
    this.count = count;
    String refusal = refusal("ip", "netns", "add", bridge());
    assertThat(refusal == null || System.getenv("CI") == null).as(refusal).isTrue();
    assumeTrue(refusal == null, "no network namespaces here: " + refusal);
    try {
      onBridge("ip", "link", "add", "bridge", "type", "bridge");
      onBridge("ip", "link", "set", "bridge", "up");
      for (int host = 0; host < count; host++) {
        add(host);
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private void add(int host) throws IOException, InterruptedException {
    run("ip", "netns", "add", namespace(host));
    String end = "v" + host;
    onBridge(
        "ip", "link", "add", end, "type", "veth", "peer", "name", "eth0", "netns", namespace(host));
    onBridge("ip", "link", "set", end, "master", "bridge");
    onBridge("ip", "link", "set", end, "up");
    on(host, "ip", "addr", "add", address(host) + "/24", "dev", "eth0");
    on(host, "ip", "link", "set", "eth0", "up");
    on(host, "ip", "link", "set", "lo", "up");
  }

  /** The host's IPv4 address. */
  public String address(int host) {
    return "10.77.0." + (host + 1);
  }

  /** The same process, but on this host. */
  public ProcessBuilder on(int host, ProcessBuilder process) {
    List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace(host)));
    command.addAll(process.command());
    return process.command(command);
  }

  /** Drops all packets from and to the host. */
  public void cut(int host) throws IOException, InterruptedException {
    on(host, "iptables", "-A", "INPUT", "-j", "DROP");
    on(host, "iptables", "-A", "OUTPUT", "-j", "DROP");
  }

  /** Drops all packets between two hosts. */
  public void cut(int host, int other) throws IOException, InterruptedException {
    on(host, "iptables", "-A", "INPUT", "-s", address(other), "-j", "DROP");
    on(host, "iptables", "-A", "OUTPUT", "-d", address(other), "-j", "DROP");
  }

  /** Drops all packets from the host to a TCP port, whosever it is. */
  public void cutPort(int host, int port) throws IOException, InterruptedException {
    String number = Integer.toString(port);
    on(host, "iptables", "-A", "OUTPUT", "-p", "tcp", "--dport", number, "-j", "DROP");
  }

  /**
   * Drops some packets of one direction at random.
   *
   * @param inbound those to the host, or else those from it
   * @param share of the packets, from 0 to 1
   */
  public void losePackets(int host, boolean inbound, double share)
      throws IOException, InterruptedException {
    String chain = inbound ? "INPUT" : "OUTPUT";
    String probability = String.format(Locale.ROOT, "%.4f", share);
    List<String> command = new ArrayList<>(List.of("iptables", "-A", chain, "-m", "statistic"));
    command.addAll(List.of("--mode", "random", "--probability", probability, "-j", "DROP"));
    on(host, command.toArray(String[]::new));
  }

  /** Lets so many bits a second pass in each direction. */
  public void limitRate(int host, double bits) throws IOException, InterruptedException {
    String rate = Math.round(bits) + "bit";
    List<String> shape = List.of("root", "tbf", "rate", rate, "burst", "32kb", "latency", "400ms");
    List<String> out = new ArrayList<>(List.of("tc", "qdisc", "replace", "dev", "eth0"));
    out.addAll(shape);
    on(host, out.toArray(String[]::new));
    List<String> in = new ArrayList<>(List.of("tc", "qdisc", "replace", "dev", "v" + host));
    in.addAll(shape);
    onBridge(in.toArray(String[]::new));
  }

  /** Ends {@link #limitRate}. */
  public void unlimitRate(int host) throws IOException, InterruptedException {
    on(host, "tc", "qdisc", "del", "dev", "eth0", "root");
    onBridge("tc", "qdisc", "del", "dev", "v" + host, "root");
  }

  /** Drops nothing any more that the host is an end of. */
  public void heal(int host) throws IOException, InterruptedException {
    on(host, "iptables", "-F");
  }

  /** Removes the hosts; processes on them have to have ended. */
  @Override
  public void close() throws IOException {
    try {
      for (int host = 0; host < count; host++) {
        refusal("ip", "netns", "del", namespace(host));
      }
      refusal("ip", "netns", "del", bridge());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String bridge() {
    return name + "-bridge";
  }

  private String namespace(int host) {
    return name + "-" + host;
  }

  private void onBridge(String... command) throws IOException, InterruptedException {
    in(bridge(), command);
  }

  private void on(int host, String... command) throws IOException, InterruptedException {
    in(namespace(host), command);
  }

  private static void in(String namespace, String... command)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    all.addAll(List.of(command));
    run(all.toArray(String[]::new));
  }

  private static void run(String... command) throws IOException, InterruptedException {
    String refusal = refusal(command);
    if (refusal != null) {
      throw new IllegalStateException(String.join(" ", command) + ": " + refusal);
    }
  }

  /** What the command says if it fails; null if it doesn't. */
  private static String refusal(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    return process.waitFor() == 0 ? null : output;
  }
}
