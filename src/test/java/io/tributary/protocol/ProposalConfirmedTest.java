package io.tributary.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.pekko.actor.ActorPaths;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;

class ProposalConfirmedTest {

  @Test
  void twoSamplersOfOneNameCountAsTwo() {
    ActorRef<SamplerCommand> here = TestInbox.<SamplerCommand>create("sampler-0.0").getRef();
    ActorRef<SamplerCommand> there = TestInbox.<SamplerCommand>create("sampler-0.0").getRef();
    assertThat(new ProposalConfirmed(1, Map.of(here, 1L, there, 1L)).confirmed()).isEqualTo(2);
    assertThat(new ProposalConfirmed(2, Map.of(here, 1L, there, 2L)).byName())
        .containsExactly(Map.entry("sampler-0", 2L));
  }

  @Test
  void aSamplerIsCalledByItsPlaceAndByItsMachineWhereThatIsAnotherOne() {
    assertThat(name("pekko://tributary/user/sampler-0.3")).isEqualTo("sampler-0");
    assertThat(name("pekko://tributary@10.0.0.2:7355/user/sampler-0.3"))
        .isEqualTo("sampler-0@10.0.0.2:7355");
  }

  private static String name(String path) {
    return ProposalConfirmed.name(ActorPaths.fromString(path));
  }
}
