package io.tributary.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {

  /**
   * Version and revision of this program, such as {@code 0.1.0+3f2a9c81d04b}, from the manifest of
   * its jar. The revision ends in {@code -dirty} if it was built with uncommitted changes, and is
   * {@code unknown} if it was built outside of its repository.
   */
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
