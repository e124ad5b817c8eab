package io.tributary.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
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
  void aSamplerIsCalledByItsPlaceAndByItsNodeWhereItHasOne() {
    assertThat(name("sampler-0.3")).isEqualTo("sampler-0");
    assertThat(name("sampler-0@node-1.3")).isEqualTo("sampler-0@node-1");
  }

  private static String name(String actor) {
    return ProposalConfirmed.name(TestInbox.<SamplerCommand>create(actor).getRef());
  }
}
