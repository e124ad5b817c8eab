package io.tributary.cluster.transfer;

import java.nio.file.Path;

/**
 * A process that fetches a file from a port into a folder, and then holds it until its input ends.
 */
final class FetchProcess {
  private FetchProcess() {}

  public static void main(String[] arguments) throws Exception {
    Manifest manifest = TestFiles.manifest(Path.of(arguments[0]));
    try (CachedFile cached =
        TestFiles.fetcher(Path.of(arguments[2]), 2)
            .fetch(manifest, TestFiles.at(Integer.parseInt(arguments[1])), bytes -> {})) {
      System.out.println(Manifest.of("found", cached.path(), TestFiles.CHUNK).id());
      System.out.flush();
      while (System.in.read() >= 0) {
        // until its end
      }
    }
  }
}
