package io.tributary.experiment;
import org.junit.jupiter.api.Test;
import java.nio.file.*;
class TrialTest {
  @Test void makes() throws Exception {
    Path d = Path.of("/tmp/f/tiny"); Files.createDirectories(d);
    TinyGrid g = new TinyGrid(d);
    System.out.println(g.start("a", "-D", "experiment.parallel=2").waitFor());
    System.out.println(Files.readString(g.output("a")));
  }
}
