package io.tributary.stage.score;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.target.FeatureConfig;
import io.tributary.data.Draw;
import io.tributary.data.DrawFeatures;
import io.tributary.data.DrawOrder;
import io.tributary.data.ScoredDraw;
import io.tributary.data.ScoredSequence;
import io.tributary.data.Sequence;
import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.RunMetrics;
import io.tributary.model.DecoderConfig;
import io.tributary.model.LanguageModel;
import io.tributary.model.SequenceScores;
import io.tributary.model.TextTokenizer;
import io.tributary.model.guide.TokenGuide;
import io.tributary.protocol.ScorerCommand;
import io.tributary.protocol.ScorerCommand.ComputeFeatures;
import io.tributary.protocol.ScorerCommand.Score;
import io.tributary.protocol.WorkerEvent;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.Factor;
import io.tributary.target.feature.Feature;
import io.tributary.target.feature.Features;
import io.tributary.target.feature.Text;
import io.tributary.testing.Commands;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.model.TinyModels;
import io.tributary.tools.pretrain.TokenizerCut;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(TorchExtension.class)
class ScorerTest {
  private static final DecoderConfig MODEL = TinyModels.config(1, 1, 8, 8, 257, 256);
  @TempDir private static Path directory;
  private static TextTokenizer tokenizer;

  private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
  private final RunMetrics metrics = new RunMetrics(Map.of(), Clock.systemUTC());
  private TestProbe<WorkerEvent<ScoredDraw>> pool;
  private ActorRef<ScorerCommand> scorer;

  /** Of the bytes alone. */
  @BeforeAll
  static void makeATokenizer() throws IOException {
    Path gpt2 = Path.of("test-data/tokenizer/gpt2-tokenizer.json.gz");
    String json = TokenizerCut.of(gpt2, Optional.of(0)).json();
    tokenizer = TextTokenizer.read(Files.writeString(directory.resolve("tokenizer.json"), json));
  }

  @BeforeEach
  void spawn() {
    pool = kit.createTestProbe();
    scorer = kit.spawn(behavior());
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  /** 1 iff the text has an a; fails on an x. */
  private record HasA() implements Feature {
    @Override
    public String name() {
      return "a";
    }

    @Override
    public double value(Text text) {
      if (text.text().contains("x")) {
        throw new IllegalStateException("as the test asked");
      }
      return text.text().contains("a") ? 1 : 0;
    }
  }

  private static DrawScoring scoring(boolean keepsTokens) {
    return new DrawScoring(
        TinyModels.random(MODEL, 1, 0.5),
        tokenizer,
        new EnergyBasedModel(List.of(new Factor.Required(new HasA()))),
        MODEL.beginning(),
        2,
        2,
        keepsTokens ? DrawScoring.Detail.TOKENS : DrawScoring.Detail.SEQUENCES,
        TokenGuide.NONE);
  }

  private Behavior<ScorerCommand> behavior() {
    return Scorer.create(() -> scoring(false), metrics.stage(Stage.SCORER)::clock);
  }

  private static Draw draw(long number, String... texts) {
    Sequence[] sequences = new Sequence[texts.length];
    for (int i = 0; i < texts.length; i++) {
      int[] tokens = tokenizer.encode(texts[i]);
      double[] logProposals = new double[tokens.length];
      logProposals[0] = -3;
      sequences[i] = new Sequence(number, i, tokens, logProposals, 1);
    }
    return new Draw(number, DrawOrder.Purpose.TRAINING, 1, List.of(sequences));
  }

  private ScoredDraw score(Draw draw) {
    scorer.tell(new Score(draw, Map.of(), pool.getRef()));
    WorkerEvent<ScoredDraw> event = pool.receiveMessage();
    while (event instanceof WorkerEvent.Progressed<ScoredDraw>) {
      event = pool.receiveMessage();
    }
    assertThat(event.draw()).isEqualTo(draw.number());
    assertThat(event.worker()).isEqualTo(scorer);
    return ((WorkerEvent.Finished<ScoredDraw>) event).result();
  }

  @Test
  void everySequenceGetsTextFeaturesAndLogProbabilities() {
    Draw draw = draw(5, "has", "not", "a");
    ScoredDraw scored = score(draw);
    assertThat(scored.number()).isEqualTo(5);
    assertThat(scored.dropped()).isZero();
    assertThat(scored.sequences())
        .extracting(ScoredSequence::text)
        .containsExactly("has", "not", "a");
    try (LanguageModel base = TinyModels.random(MODEL, 1, 0.5)) {
      double[] logBases =
          new SequenceScores(base, 8)
              .logProbs(
                  MODEL.beginning(), draw.sequences().stream().map(Sequence::tokens).toList());
      for (int i = 0; i < 3; i++) {
        ScoredSequence s = scored.sequences().get(i);
        assertThat(s.logBase()).isCloseTo(logBases[i], org.assertj.core.data.Offset.offset(1e-5));
        assertThat(s.logTarget()).isEqualTo(i == 1 ? Double.NEGATIVE_INFINITY : s.logBase());
        assertThat(s.logWeight()).isEqualTo(s.logTarget() + 3);
      }
    }
  }

  @Test
  void logBasesOfTokensAreKeptWhereTheyAreAskedForAndAddUp() {
    Draw draw = draw(5, "has", "not", "a");
    for (boolean keepsTokens : new boolean[] {true, false}) {
      try (DrawScoring scoring = scoring(keepsTokens)) {
        List<ScoredSequence> scored = scoring.score(draw, Map.of(), () -> {}).sequences();
        assertThat(scored)
            .extracting(s -> s.tokenLogBases().length)
            .isEqualTo(keepsTokens ? List.of(3, 3, 1) : List.of(0, 0, 0));
        if (keepsTokens) {
          assertThat(scored).allMatch(s -> Arrays.stream(s.tokenLogBases()).sum() == s.logBase());
        }
      }
    }
  }

  @Test
  void aSequenceThatAFeatureFailsOnIsLeftOut() {
    ScoredDraw scored = score(draw(5, "has", "x", "not"));
    assertThat(scored.dropped()).isEqualTo(1);
    assertThat(scored.sequences()).extracting(s -> s.sequence().index()).containsExactly(0, 2);
    assertThat(score(draw(6, "x")).sequences()).isEmpty();
  }

  @Test
  void featuresAreComputedAloneBeforeThereAreLambdas() {
    TestProbe<WorkerEvent<DrawFeatures>> fit = kit.createTestProbe();
    scorer.tell(new ComputeFeatures(draw(5, "has", "x", "not"), fit.getRef()));
    for (int sign = 0; sign < 2; sign++) { // two sequences at once
      assertThat(fit.receiveMessage()).isEqualTo(new WorkerEvent.Progressed<>(5, scorer));
    }
    var finished = (WorkerEvent.Finished<DrawFeatures>) fit.receiveMessage();
    assertThat(finished.draw()).isEqualTo(5);
    assertThat(finished.result().number()).isEqualTo(5);
    assertThat(finished.result().dropped()).isEqualTo(1);
    assertThat(finished.result().features()).containsExactly(new double[] {1}, new double[] {0});
  }

  @Test
  void aLargeDrawIsScoredInGroupsWithASignOfLifeAfterEach() {
    AtomicInteger signs = new AtomicInteger();
    try (DrawScoring scoring = scoring(false)) {
      Draw draw = draw(5, "a", "b", "c", "a", "b");
      ScoredDraw scored = scoring.score(draw, Map.of(), signs::incrementAndGet);
      assertThat(scored.sequences())
          .extracting(each -> each.sequence().index())
          .containsExactly(0, 1, 2, 3, 4);
      assertThat(scored.sequences())
          .extracting(each -> each.features()[0])
          .containsExactly(1.0, 0.0, 0.0, 1.0, 0.0);
      assertThat(signs).as("three of the features, three of log a").hasValue(6);
    }
  }

  @Test
  void lambdasComeWithTheOrder() {
    EnergyBasedModel tilted =
        new EnergyBasedModel(List.of(new Factor.Tilted(new HasA(), 0.5, Double.NaN)));
    try (DrawScoring scoring =
        new DrawScoring(
            TinyModels.random(MODEL, 1, 0.5),
            tokenizer,
            tilted,
            MODEL.beginning(),
            2,
            2,
            DrawScoring.Detail.SEQUENCES,
            TokenGuide.NONE)) {
      for (double lambda : new double[] {2, -1}) {
        List<ScoredSequence> scored =
            scoring.score(draw(5, "has", "not"), Map.of("a", lambda), () -> {}).sequences();
        assertThat(scored.get(0).logTarget()).isEqualTo(scored.get(0).logBase() + lambda);
        assertThat(scored.get(1).logTarget()).isEqualTo(scored.get(1).logBase());
      }
    }
  }

  @Test
  void everyGroupOfSequencesIsASignOfLife() {
    scorer.tell(new Score(draw(5, "has", "not", "a"), Map.of(), pool.getRef()));
    for (int sign = 0; sign < 4; sign++) { // features and log a, of two sequences at once
      assertThat(pool.receiveMessage()).isEqualTo(new WorkerEvent.Progressed<>(5, scorer));
    }
    assertThat(pool.receiveMessage()).isInstanceOf(WorkerEvent.Finished.class);
  }

  @Test
  void bytesThatAreNotUtf8SeparateWordsOfTheDecodedText() {
    int firstByte = tokenizer.encode("é")[0]; // of two
    Feature cat = Features.of("cat", new FeatureConfig.Word("cat", false));
    assertThat(cat.value(text(firstByte, "the cat", "s"))).isEqualTo(1);
    assertThat(cat.value(text(firstByte, "the ca", "t"))).isZero();
    assertThat(cat.value(text(firstByte, "the", "cat"))).isEqualTo(1);
  }

  /** The decoded text of a sequence with a byte between two texts. */
  private static Text text(int token, String before, String after) {
    int[] tokens =
        IntStream.concat(
                IntStream.concat(IntStream.of(tokenizer.encode(before)), IntStream.of(token)),
                IntStream.of(tokenizer.encode(after)))
            .toArray();
    return new Text(tokenizer.decode(tokens), tokens.length);
  }

  @Test
  void itStopsWhenItFails() {
    TestProbe<Object> watcher = kit.createTestProbe();
    Sequence unknown = new Sequence(0, 0, new int[] {MODEL.vocabulary()}, new double[] {-3}, 1);
    scorer.tell(
        new Score(
            new Draw(0, DrawOrder.Purpose.TRAINING, 1, List.of(unknown)), Map.of(), pool.getRef()));
    watcher.expectTerminated(scorer);
  }

  @Test
  void everyCommandIsHandled() {
    BehaviorTestKit<ScorerCommand> alone = BehaviorTestKit.create(behavior());
    Map<Class<?>, Object> values =
        Map.of(
            Draw.class,
            draw(1, "a"),
            Map.class,
            Map.of(),
            ActorRef.class,
            TestInbox.create().getRef());
    for (ScorerCommand command : Commands.of(ScorerCommand.class, values)) {
      alone.run(command);
      assertThat(Behavior.isUnhandled(alone.returnedBehavior())).as("%s", command).isFalse();
    }
  }
}
