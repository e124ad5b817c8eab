package io.tributary.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {

  /** Version of this program, from the manifest of its jar. */
  static String number() {
    return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
        .orElse("(not packaged)");
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "tributary " + number(),
      "Java %s (%s)"
          .formatted(System.getProperty("java.version"), System.getProperty("java.vm.vendor"))
    };
  }
}
