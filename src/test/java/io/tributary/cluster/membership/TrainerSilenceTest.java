package io.tributary.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.cluster.membership.TrainerEvent.TrainerLost;
import io.tributary.cluster.membership.TrainerEvent.TrainerUnreachable;
import io.tributary.cluster.membership.TrainerEvent.TrainerUp;
import java.time.Duration;
import org.apache.pekko.actor.Address;
import org.junit.jupiter.api.Test;

class TrainerSilenceTest {
  private static final int TRAINER = 17;
  private static final Address ADDRESS = ClusterSystem.address("trainer.example.org", 17355);

  private final TrainerSilence silence =
      new TrainerSilence(ADDRESS, Duration.ofSeconds(10), Duration.ofSeconds(20), at(0));

  @Test
  void aTrainerThatAnswersIsThere() {
    for (int second = 1; second < 100; second++) {
      assertThat(silence.answered(TRAINER, at(second))).isEmpty();
      assertThat(silence.check(at(second + 1))).isEmpty();
    }
  }

  @Test
  void aSilentOneIsUnreachableUntilItIsHeard() {
    silence.answered(TRAINER, at(3));
    assertThat(silence.check(at(12))).isEmpty();
    assertThat(silence.check(at(13))).hasValue(TrainerUnreachable.INSTANCE);
    assertThat(silence.check(at(14))).as("it is said once").isEmpty();
    assertThat(silence.answered(TRAINER, at(40))).hasValue(new TrainerUp(ADDRESS));
    assertThat(silence.check(at(49))).isEmpty();
    assertThat(silence.check(at(50))).hasValue(TrainerUnreachable.INSTANCE);
  }

  @Test
  void itIsLostAfterTwiceTheTimeInWhichItWouldRemoveThisNode() {
    silence.answered(TRAINER, at(3));
    assertThat(silence.check(at(52))).hasValue(TrainerUnreachable.INSTANCE);
    assertThat(silence.check(at(53)))
        .hasValue(new TrainerLost("nothing was heard from the trainer for 50.0 s"));
  }

  @Test
  void theTrainersTimesCountOnceTheyAreKnown() {
    silence.answered(TRAINER, at(3));
    silence.patience(Duration.ofSeconds(20), Duration.ofSeconds(100));
    assertThat(silence.check(at(22))).isEmpty();
    assertThat(silence.check(at(222))).hasValue(TrainerUnreachable.INSTANCE);
    assertThat(silence.check(at(223)).orElseThrow()).isInstanceOf(TrainerLost.class);
  }

  @Test
  void oneThatNeverAnswersIsLostToo() {
    assertThat(silence.check(at(10))).hasValue(TrainerUnreachable.INSTANCE);
    assertThat(silence.check(at(50)).orElseThrow()).isInstanceOf(TrainerLost.class);
  }

  @Test
  void anotherProcessWithItsAddressIsNotTheTrainer() {
    silence.answered(TRAINER, at(1));
    assertThat(silence.answered(TRAINER + 1, at(2)))
        .hasValue(new TrainerLost("the trainer was started again"));
  }

  private static Duration at(int seconds) {
    return Duration.ofSeconds(seconds);
  }
}
