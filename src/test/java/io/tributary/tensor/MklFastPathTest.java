package io.tributary.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.testing.TestTools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class MklFastPathTest {
  private static final String AMD =
      """
      processor\t: 0
      vendor_id\t: AuthenticAMD
      cpu family\t: 25
      model\t\t: 17
      model name\t: AMD EPYC 9B14
      stepping\t: 1

      processor\t: 1
      vendor_id\t: AuthenticAMD
      cpu family\t: 25
      """;

  private static final String INTEL =
      """
      processor\t: 0
      vendor_id\t: GenuineIntel
      cpu family\t: 6
      model\t\t: 207
      model name\t: Intel(R) Xeon(R) Processor
      """;

  private static final String ARM =
      """
      processor\t: 0
      BogoMIPS\t: 50.00
      Features\t: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics
      CPU implementer\t: 0x41
      """;

  @Test
  void recognisesAnAmdProcessorByItsVendor() {
    assertThat(MklFastPath.isAmd(AMD)).isTrue();
    assertThat(MklFastPath.isAmd(INTEL)).isFalse();
    assertThat(MklFastPath.isAmd(ARM)).isFalse();
    assertThat(MklFastPath.isAmd("")).isFalse();
  }

  @Test
  void aNameThatMentionsAmdIsNotAVendor() {
    assertThat(MklFastPath.isAmd("vendor_id : GenuineIntel\nmodel name : like AuthenticAMD\n"))
        .isFalse();
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void theLibraryOpensAndLeavesNoFileBehind() throws IOException {
    var library = MklFastPath.open();

    assertThat(library.getFunction("mkl_serv_intel_cpu_true").invokeInt(new Object[0]))
        .isEqualTo(1);
    assertThat(library.getFile()).doesNotExist();
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void theLibraryIsWhatItsSourceBuilds() throws Exception {
    TestTools.require("gcc");
    Process check =
        new ProcessBuilder("scripts/build-native", "--check").redirectErrorStream(true).start();
    String output = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(check.waitFor()).as(output).isZero();
  }
}
