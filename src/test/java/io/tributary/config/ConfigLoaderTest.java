package io.tributary.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.config.ProposalConfig.Criterion;
import io.tributary.config.binding.ConfigException;
import io.tributary.config.objective.ObjectiveConfig;
import io.tributary.config.objective.ObjectiveConfig.Divergence;
import io.tributary.config.objective.ObjectiveConfig.ObjectiveForm;
import io.tributary.config.objective.ObjectiveType;
import io.tributary.config.objective.ObjectiveType.Baseline;
import io.tributary.config.objective.PpoConfig;
import io.tributary.config.objective.RewardTerm;
import io.tributary.config.target.ConstraintConfig;
import io.tributary.config.target.FeatureConfig;
import io.tributary.config.target.FitConfig;
import io.tributary.config.target.TargetConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigLoaderTest {
  @TempDir Path directory;
  private Path model;

  @BeforeEach
  void makeAModelDirectory() throws IOException {
    model = Files.createDirectory(directory.resolve("model"));
    for (String part : List.of("config.json", "model.safetensors", "tokenizer.json")) {
      Files.createFile(model.resolve(part));
    }
  }

  @Test
  void fillsInTheDefaults() {
    TributaryConfig config = load("");

    assertThat(config.run().name()).isEqualTo("test");
    assertThat(config.run().directory()).isEqualTo(Path.of("runs").toAbsolutePath());
    assertThat(config.model().base()).isEqualTo(model);
    assertThat(config.target().features())
        .containsExactly(
            new ConstraintConfig(
                "water", new FeatureConfig.Word("water", false), Optional.empty(), false));
    assertThat(config.target().fit()).isEqualTo(new FitConfig(10240, 200000, 0.01, 100));
    assertThat(config.target().klControl()).isEmpty();
    assertThat(config.objective().type()).isEqualTo(ObjectiveType.GDC_WITH_BASELINE);
    assertThat(config.samplers().devices()).containsExactly("cpu");
    assertThat(config.stream().stallTimeout()).isEqualTo(Duration.ofSeconds(60));
    assertThat(config.learner().optimizer().learningRate()).isEqualTo(1.41e-5);
    assertThat(config.learner().optimizer().betas()).containsExactly(0.9, 0.999);
    assertThat(config.nativeLibrary().mklFastPath()).isEqualTo(NativeConfig.MklFastPath.AUTO);
    assertThat(config.totalSteps()).isEmpty();
    assertThat(config.drawsPerBatch()).isEqualTo(2);
    assertThat(config.bootstrapDraws()).isEqualTo(16);
  }

  @Test
  void theCommandLineGoesOverTheFileAndTheFileOverTheDefaults() {
    TributaryConfig config =
        load(
            "run.steps = 5, samplers.count = 3",
            Map.of(
                "run.steps", "7",
                "objective.type", "gdc",
                "samplers.devices", "[\"gpu:0\",\n \"gpu:1\", cpu]",
                "tributary.samplers.prompt", "The \"x\": ",
                "run.name", "001"));

    assertThat(config.run().steps()).hasValue(7L);
    assertThat(config.objective().type()).isEqualTo(ObjectiveType.GDC);
    assertThat(config.samplers().count()).isEqualTo(3);
    assertThat(config.samplers().device(1)).isEqualTo("gpu:1");
    assertThat(config.samplers().prompt()).isEqualTo("The \"x\": ");
    assertThat(config.run().name()).isEqualTo("001");
  }

  @Test
  void theRunEndsAtTheFirstOfStepsAndSequences() {
    assertThat(load("run.sequences = 257").totalSteps()).hasValue(2);
    assertThat(load("run.sequences = 256, run.steps = 9").totalSteps()).hasValue(1);
    assertThat(load("run.sequences = 2560, run.steps = 9").totalSteps()).hasValue(9);
  }

  @Test
  void theObjectiveDecidesOnSomeDefaults() {
    TributaryConfig offPolicy = load("");
    assertThat(offPolicy.objective().baseline()).isEqualTo(Baseline.Z);
    assertThat(offPolicy.proposal().criterion()).isEqualTo(Criterion.KL);
    assertThat(offPolicy.publish().intervalSteps()).isEqualTo(10);
    for (ObjectiveType type :
        List.of(ObjectiveType.DPG, ObjectiveType.REINFORCE, ObjectiveType.KL_CONTROL)) {
      TributaryConfig onPolicy =
          load(
              "objective { type = %s, %s }"
                  .formatted(type, type == ObjectiveType.KL_CONTROL ? "beta = 0.1" : ""));
      assertThat(onPolicy.objective().baseline()).isEqualTo(type.baselines().get(0));
      assertThat(onPolicy.proposal().criterion()).isEqualTo(Criterion.ALWAYS);
      assertThat(onPolicy.publish().intervalSteps()).isEqualTo(1);
    }
    assertThat(load("objective { type = f-divergence, divergence = total-variation }").objective())
        .isEqualTo(
            new ObjectiveConfig(
                ObjectiveType.F_DIVERGENCE,
                false,
                Baseline.LEAVE_ONE_OUT,
                ObjectiveConfig.Credit.SEQUENCE,
                List.of(),
                Optional.empty(),
                Optional.of(Divergence.TOTAL_VARIATION),
                ObjectiveForm.POLICY_GRADIENT,
                0.2,
                Optional.empty(),
                new PpoConfig(4, 1, 0.95, 1, true, 0.2, 0.1, 10_000)));
  }

  @Test
  void theReverseDivergenceIsPossibleWithoutHardConstraints() {
    String feature = "{ name = w, type = word, word = w, %s }";
    for (String soft : List.of("soft = true", "moment = 0.5", "moment = 0, soft = true")) {
      assertThat(
              load("target.features = [ %s ], objective { type = f-divergence, divergence = reverse-kl }"
                      .formatted(feature.formatted(soft)))
                  .target()
                  .hasHardFactors())
          .isFalse();
    }
    assertThat(load("target.features = [ %s ]".formatted(feature.formatted("moment = 0"))).target())
        .matches(TargetConfig::hasHardFactors);
  }

  @Test
  void aRewardIsASumOfFeatures() {
    assertThat(load("objective.reward = [ { feature = water, weight = -2 } ]").objective().reward())
        .containsExactly(new RewardTerm("water", -2));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "samplers.cuont = 3 | :2: unknown key tributary.samplers.cuont; did you mean count?",
        "learner { optimizer { lr = 1 } } | :2: unknown key tributary.learner.optimizer.lr;",
        "zzzzzzzz = 3 | known keys: run, model, target",
        "samplers.top-k = 5 | truncated sampling gives q(x) = 0",
        "samplers.top-p = 0.9 | truncated sampling gives q(x) = 0",
        "samplers.count = three | :2: tributary.samplers.count must be a whole number, got"
            + " \"three\"",
        "samplers.count = 1.5 | tributary.samplers.count must be a whole number, got 1.5",
        "samplers.count = 0 | :2: tributary.samplers.count must be at least 1; 0 is for the trainer"
            + " of a cluster, with tributary.cluster, got 0",
        "samplers.count = 3000000000 | must be a whole number, at most 2147483647, got 3000000000",
        "samplers.count = [1] | tributary.samplers.count must be a whole number, got a list [ … ]",
        "samplers.count = null | missing key tributary.samplers.count; expected a whole number",
        "samplers.max-length = 0 | tributary.samplers.max-length must be at least 1, got 0",
        "samplers = 3 | tributary.samplers must be a section: { … }, got 3",
        "samplers.count { a = 1 } | must be a whole number, got a section",
        "samplers.devices = cpu | tributary.samplers.devices must be a list",
        "samplers.devices = [cpu, cpu] | one device for all",
        "samplers.devices = [tpu] | must be a device: \"cpu\", \"gpu\" or \"gpu:N\"",
        "samplers.temperature = 0 | must be a positive number, got 0.0",
        "samplers.temperature = 1e400 | must be a positive number, got Infinity",
        "samplers.stop-at-eos = maybe | must be true or false, got \"maybe\"",
        "stream.stall-timeout = 60 | must be a duration with its unit, such as 60s or 500ms, got"
            + " 60",
        "stream.stall-timeout = 0s | must be longer than zero and at most 100d, got 0s",
        "stream.stall-timeout = -1s | must be longer than zero and at most 100d, got -1s",
        "stream.stall-timeout = \"\" | must be a duration with its unit, such as 60s or 500ms, got",
        "stream.max-staleness-steps = -1 | between 0 and 1000, got -1",
        "stream.max-staleness-steps = 1001 | between 0 and 1000, got 1001",
        "stream.max-drop-rate = 1.1 | between 0 and 1, got 1.1",
        "stream.max-drop-rate = -0.1 | between 0 and 1, got -0.1",
        "objective.type = ppo | must be one of gdc++, gdc, dpg, reinforce, kl-control,"
            + " f-divergence, got \"ppo\"",
        "objective { type = dpg, baseline = running-mean } | :2: tributary.objective.baseline must"
            + " be one of z, none with type = dpg, got running-mean",
        "objective { type = gdc, baseline = z } | baseline must be one of none with type = gdc, got"
            + " z",
        "objective { type = reinforce, baseline = z } | baseline must be one of leave-one-out,"
            + " running-mean, none with type = reinforce",
        "objective { type = reinforce, normalise-by-z = true } | normalise-by-z must be false with"
            + " type = reinforce",
        "objective { type = kl-control } | test.conf: tributary.objective.beta must be given with"
            + " type = kl-control: a positive number, got none",
        "objective { type = kl-control, beta = 0 } | :2: tributary.objective.beta must be a"
            + " positive number, got 0.0",
        "objective { type = reinforce, beta = 0.1 } | beta must be absent with type = reinforce,"
            + " since it belongs to kl-control, got 0.1",
        "objective { type = f-divergence } | tributary.objective.divergence must be given with type"
            + " = f-divergence: one of forward-kl, reverse-kl, total-variation, jensen-shannon, got"
            + " none",
        "objective { type = gdc, divergence = forward-kl } | divergence must be absent with type ="
            + " gdc",
        "objective { type = f-divergence, divergence = reverse-kl } | :2:"
            + " tributary.objective.divergence must be another one where the target has a hard"
            + " constraint",
        "target.features = [{ name = w, type = word, word = w, soft = true }], objective.type ="
            + " reinforce | tributary.objective.reward must be a list of terms { feature, weight },"
            + " since the target has no hard constraint",
        "target.features = [{ name = w, type = word, word = w, moment = 0.5 }], objective { type ="
            + " kl-control, beta = 1 } | tributary.objective.reward must be a list of terms",
        "objective.reward = [ { feature = nothing } ] | :2: tributary.objective.reward[0].feature"
            + " must be the name of one of the target's features: water, got \"nothing\"",
        "objective.reward = [ { feature = water, weight = x } ] | reward[0].weight must be a"
            + " number",
        "objective.type = dpg, proposal.criterion = kl | :2: tributary.proposal.criterion must be"
            + " always with objective.type = dpg",
        "objective.type = reinforce, publish.interval-steps = 10 | :2:"
            + " tributary.publish.interval-steps must be 1 with objective.type = reinforce",
        "objective.type = reinforce, samplers.batch-size = 1, learner.batch-size = 1,"
            + " learner.micro-batch-size = 1 | learner.batch-size must be at least 2 where"
            + " objective.baseline is leave-one-out, got 1",
        "stream.max-staleness-steps = 1, objective { type = kl-control, beta = 1, form = ppo } |"
            + " :2: tributary.stream.max-staleness-steps must be 0 with objective.form = ppo, whose"
            + " ratio pi/pi_old starts at 1",
        "stream.max-staleness-steps = 0, objective { type = kl-control, beta = 1, form = ppo },"
            + " samplers.temperature = 0.7 | :2: tributary.samplers.temperature must be 1 with"
            + " objective.form = ppo",
        "stream.max-staleness-steps = 0, objective { type = kl-control, beta = 1, form = ppo,"
            + " ppo.minibatches = 3 } | :2: tributary.objective.ppo.minibatches must be a divisor"
            + " of learner.batch-size = 256, got 3",
        "stream.max-staleness-steps = 0, objective { type = kl-control, beta = 1, form = ppo,"
            + " target-kl = 6, ppo.horizon = 256 } | :2: tributary.objective.ppo.horizon must be"
            + " more than learner.batch-size = 256, got 256.0",
        "objective { type = reinforce, form = ppo } | :2: tributary.objective.form must be"
            + " policy-gradient with type = reinforce; ppo is a form of kl-control, got ppo",
        "objective { type = kl-control, beta = 1, target-kl = 6 } | target-kl must be absent with"
            + " form = policy-gradient, since it belongs to ppo, got 6.0",
        "objective.clip = 0 | :2: tributary.objective.clip must be a positive number, got 0.0",
        "objective.ppo.gae-lambda = 1.1 | :2: tributary.objective.ppo.gae-lambda must be between 0"
            + " and 1, got 1.1",
        "objective.ppo.gae-lambda = -0.1 | gae-lambda must be between 0 and 1, got -0.1",
        "objective.ppo.discount = 1.1 | discount must be between 0 and 1, got 1.1",
        "objective.ppo.discount = -0.1 | discount must be between 0 and 1, got -0.1",
        "objective.ppo.epochs = 0 | objective.ppo.epochs must be at least 1, got 0",
        "objective.type = gdc++ | :2: ",
        "learner.batch-size = 200 | a multiple of samplers.batch-size = 128, such as 128 or 256,"
            + " got",
        "learner.micro-batch-size = 257 | at most learner.batch-size = 256, got 257",
        "proposal { criterion = always, window = fresh } | :2: tributary.proposal.window must be"
            + " running where criterion is always, so that nothing is compared, got fresh",
        "proposal { criterion = always, keep-best = true } | proposal.keep-best must be false where"
            + " criterion is always",
        "proposal.window-sequences = 1 | window-sequences must be at least 2, got 1",
        "partition-function.decay = 1 | tributary.partition-function.decay must be greater than 0"
            + " and less than 1, got 1.0",
        "partition-function.decay = 0 | greater than 0 and less than 1, got 0.0",
        "partition-function.window-sequences = 0 | window-sequences must be at least 1, got 0",
        "partition-function.estimator = mean | must be one of running, window, exponential, got",
        "partition-function.bootstrap-sequences = 100 | such as 128, got 100",
        "learner.optimizer.betas = [0.9] | two numbers",
        "learner.optimizer.betas = [0.9, x] | betas[1] must be a number, got \"x\"",
        "learner.optimizer.betas = [-0.1, 0.9] | each at least 0 and less than 1, got [-0.1, 0.9]",
        "learner.optimizer.betas = [0.9, 1] | each at least 0 and less than 1, got [0.9, 1.0]",
        "learner.optimizer.weight-decay = 1e400 | zero or a positive number, got Infinity",
        "learner.dropout = -0.1 | dropout must be at least 0 and less than 1, got -0.1",
        "learner.dropout = 1 | dropout must be at least 0 and less than 1, got 1.0",
        "learner.optimizer.schedule = cosine | constant unless run.steps or run.sequences",
        "learner.optimizer.schedule = cosine, run.steps = 9 | test.conf:"
            + " tributary.learner.optimizer.warmup-steps must be less than the 9 steps of the run,"
            + " to leave some for the cosine schedule, got 100, the default",
        "http.port = 65536 | between 0 and 65535",
        "http.port = -1 | between 0 and 65535",
        "run.name = \" \" | a name for a directory, without a slash, got \" \"",
        "run.name = \".\" | a name for a directory, without a slash, got \".\"",
        "run.name = \"..\" | a name for a directory, without a slash, got \"..\"",
        "run.name = \"a/b\" | without a slash",
        "target.features = [] | must be a list of at least one feature",
        "target.features = [{ name = a, word = b }] | missing key"
            + " tributary.target.features[0].type",
        "target.features = [{ name = a, type = rhyme }] | pronouns, classifier, regex",
        "target.features = [{ type = word, word = a }] | missing key"
            + " tributary.target.features[0].name",
        "target.features = [{ name = \" \", type = word, word = a }] | must be a text that is not"
            + " blank",
        "target.features = [{ name = a, type = word }] | missing key"
            + " tributary.target.features[0].word",
        "target.features = [{ name = a, type = word, words = [b] }] | did you mean word?",
        "target.features = [{ name = a, type = word, word = \"b c\" }] | a single word without"
            + " spaces",
        "target.features = [{ name = a, type = word, word = \"-\" }] | a single word without"
            + " spaces",
        "target.features = [{ name = a, type = word, word = b, moment = 1.5 }] | between 0 and 1",
        "target.features = [{ name = a, type = word, word = b, moment = -0.5 }] | between 0 and 1",
        "target.features = [{ name = a, type = word, word = b, moment = often }] | moment must be a"
            + " number",
        "target.features = [{ name = a, type = length }] | moment must be given for a feature that"
            + " is not 0 or 1",
        "target.features = [{ name = a, type = length, moment = 1e400 }] | a finite number",
        "target.features = [{ name = a, type = pronouns, pronouns = many }] | one of female, male,"
            + " balanced",
        "target.features = [{ name = a, type = regex, pattern = \"(\" }] | must be a regular"
            + " expression of java.util.regex, got \"(\" (Unclosed group at position 1)",
        "target.features = [{ name = a, type = classifier, directory = nowhere, labels = [b] }] |"
            + " must be a directory",
        "target.features = [{ name = a, type = all-of, features = [] }] | at least one feature",
        "target.features = [{ name = a, type = not, feature { type = length } }] |"
            + " target.features[0].feature.type must be a feature that is 0 or 1, to be combined"
            + " with others, got length",
        "target.features = [{ name = a, type = not, feature { type = word, word = b, moment = 1 }"
            + " }] | unknown key tributary.target.features[0].feature.moment",
        "target.features = [{ name = a, type = any-of, features = [{ type = word, wrod = b }] }] |"
            + " features[0].features[0].wrod; did you mean word?",
        "target.features = [{ name = a, type = any-of, features = [{ word = b }] }] | missing key"
            + " tributary.target.features[0].features[0].type",
        "target.fit.sequences = 1 | at least 2",
        "target.fit.max-sequences = 5 | must be at least target.fit.sequences = 10240, got 5",
        "target.fit.tolerance = 0.5 | more than 0 and less than 0.5, got 0.5",
        "evaluation.top-p = 0 | more than 0 and at most 1, got 0.0",
        "evaluation.top-p = 1.1 | more than 0 and at most 1, got 1.1",
        "http.allowed-hosts = [\"http://a\"] | names without scheme and port",
        "target.fit.tolerance = 0 | more than 0",
        "target.fit.min-effective-sample-size = -1 | zero or a positive number",
        "target.kl-control { beta = 0, reward = [{ feature = water }] } | must be a positive"
            + " number",
        "target.kl-control { beta = 1, reward = [] } | a list of at least one feature",
        "target.kl-control { beta = 1, reward = [{ feature = fire }] } | :2:"
            + " tributary.target.kl-control.reward[0].feature must be one of the target's features"
            + " [water], got \"fire\"",
        "target { features = [{ name = a, type = word, word = b, moment = 1 }], kl-control { beta ="
            + " 1, reward = [{ feature = a }] } } | target.features[0].moment must be left out"
            + " with target.kl-control",
        "target.features = [{ name = a, type = wordlist }] | got 0 words and no file",
        "target.features = [{ name = a, type = wordlist, file = nowhere }] | no such file: /",
        "target.features = [${f}, ${f}] | :2: ",
        "model.base = \" \" | tributary.model.base must be a path, got \" \"",
        "model.base = nowhere | must be a model directory, got \"nowhere\" (no such directory: /",
        "samplers { | test.conf:4: ",
      })
  void refusesWithAMessageThatNamesPlaceKeyAndExpectation(String line, String expected) {
    assertThatThrownBy(() -> load(line))
        .isInstanceOf(ConfigException.class)
        .message()
        .contains(expected)
        .contains("test.conf")
        .doesNotContain("\n");
  }

  @Test
  void refusesTwoFeaturesOfOneName() {
    String feature = "{ name = a, type = word, word = b }";
    assertThatThrownBy(() -> load("target.features = [" + feature + ",\n" + feature + "]"))
        .hasMessageContaining(
            ":3: tributary.target.features[1].name must be different from the names of the other"
                + " features, got \"a\"");
  }

  @Test
  void namesTheCommandLineAsThePlaceOfAWrongOverride() {
    assertThatThrownBy(() -> load("", Map.of("samplers.count", "x")))
        .hasMessage("command line: tributary.samplers.count must be a whole number, got \"x\"");
    assertThatThrownBy(() -> load("", Map.of("samplers.devices", "[gpu:0")))
        .hasMessageStartingWith("command line: -D samplers.devices=[gpu:0 can't be read");
    assertThatThrownBy(() -> load("", Map.of("learnr.batch-size", "4")))
        .hasMessage("command line: unknown key tributary.learnr; did you mean learner?");
    assertThatThrownBy(() -> load("", Map.of("learner.optimiser.eps", "4")))
        .hasMessageStartingWith("command line: unknown key tributary.learner.optimiser;");
    assertThatThrownBy(() -> load("", Map.of(" ", "4")))
        .hasMessage("command line: -D =4 has no key, expected KEY=VALUE");
    assertThatThrownBy(() -> load("", Map.of("samplers..count", "1")))
        .hasMessageStartingWith("command line: -D samplers..count=1 can't be read");
  }

  @Test
  void blanksAroundAKeyOfTheCommandLineAreNoPartOfIt() {
    Map<String, String> overrides = Map.of(" samplers.count ", " 3", "samplers.prompt", " a");
    assertThat(load("", overrides).samplers().count()).isEqualTo(3);
    assertThat(load("", overrides).samplers().prompt()).isEqualTo(" a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"stream.stall-timeout", "publish.timeout", "shutdown.grace"})
  void refusesATimeThatNoTimerTakes(String key) {
    assertThatThrownBy(() -> load("", Map.of(key, "400d")))
        .hasMessageContainingAll("command line", key, "at most 100d");
  }

  @Test
  void refusesAMissingFileWithTheResolvedPath() {
    assertThatThrownBy(() -> ConfigLoader.load(Path.of("no/such.conf"), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "no such configuration file: no/such.conf (%s)",
            Path.of("no/such.conf").toAbsolutePath());
  }

  @Test
  void namesWhatAModelDirectoryLacks() throws IOException {
    Files.delete(model.resolve("tokenizer.json"));
    assertThatThrownBy(() -> load("")).hasMessageContaining("no such file: " + model);
  }

  @Test
  void asksForBaseModelAndFeaturesOnlyWhereTheyAreUsed() throws IOException {
    Path file = Files.writeString(directory.resolve("bare.conf"), "tributary.run.steps = 1");

    EffectiveConfig config = ConfigLoader.read(file, Map.of());

    assertThatThrownBy(config::training)
        .hasMessage("%s: missing key tributary.model.base; expected a path", file);
    assertThatThrownBy(() -> config.section(TargetConfig.class))
        .hasMessage("%s: missing key tributary.target.features; expected a list: [ … ]", file);
    assertThat(config.section(NativeConfig.class).intraOpThreads()).isEqualTo(1);
  }

  @Test
  void refusesKeysOutsideOfTheRoot() throws IOException {
    Path outside = Files.writeString(directory.resolve("outside.conf"), "samplers.count = 1");
    assertThatThrownBy(() -> ConfigLoader.load(outside, Map.of()))
        .hasMessage(
            "%s:1: samplers is outside of tributary { }; write tributary.samplers", outside);
    Path misspelt = Files.writeString(directory.resolve("misspelt.conf"), "tributery {}");
    assertThatThrownBy(() -> ConfigLoader.load(misspelt, Map.of()))
        .hasMessageContaining("unknown key tributery");
  }

  @Test
  void readsAWordListFromItsFile() throws IOException {
    Path words =
        Files.writeString(
            directory.resolve("words.txt"), "# politics\nsenate\n\n prime minister \n");
    TributaryConfig config = load(wordList(words));

    FeatureConfig.WordList list =
        (FeatureConfig.WordList) config.target().features().get(0).feature();
    assertThat(list.entries()).containsExactly("senate", "prime minister");
  }

  @Test
  void refusesAWordListThatIsEmptyOrHoldsALineWithoutAWord() throws IOException {
    Path words = Files.writeString(directory.resolve("words.txt"), "# nothing\n");
    assertThatThrownBy(() -> load(wordList(words))).hasMessageContaining("words.txt: has no words");
    Files.writeString(words, "one\n--\n");
    for (String type : List.of("%s", "not, feature { %s }", "all-of, features = [{ %s }]")) {
      String nested = type.formatted("type = wordlist, file = \"" + words + "\"");
      assertThatThrownBy(
              () ->
                  load(
                      "target.features = [{ name = p, %s%s }]"
                          .formatted(type.equals("%s") ? "" : "type = ", nested)))
          .hasMessageContaining("words.txt:2: \"--\" has no letter or digit");
    }
  }

  @Test
  void whatItWritesLoadsAgainToAnEqualConfiguration() throws IOException {
    Path words = Files.writeString(directory.resolve("words.txt"), "senate\n");
    TributaryConfig config =
        load(
            "target.features += { name = p, type = wordlist, file = \"%s\", case-sensitive = true }"
                    .formatted(words)
                + "\n"
                + "target.features += { name = w, type = wordlist, words = [a, \"ü\\\"\"] }\n"
                + "target.features += { name = d, type = all-of, soft = true, features = [{ name ="
                + " x, type = not, feature { type = pronouns, pronouns = balanced } },{ type ="
                + " any-of, features = [ { type = word, word = a } ] } ] }\n"
                + "target.features += { name = l, type = length, moment = 12.5 }\n"
                + "target.features += { name = r, type = regex, pattern = \"^\\\\s$\", moment = 0"
                + " }\n"
                + "objective { type = kl-control, beta = 0.2, reward = [ { feature = w, weight = 3"
                + " } ] }\n"
                + "run.steps = 12345678901, learner.optimizer.learning-rate = 3e-4\n"
                + "samplers.prompt = \"a\\n"
                + "${x} \\\"b\\\"\", stream.stall-timeout = 1500ms");

    Path again = Files.writeString(directory.resolve("again.conf"), config.toHocon());

    assertThat(ConfigLoader.load(again, Map.of())).isEqualTo(config);
  }

  @Test
  void showsWhereEachValueCameFrom() throws IOException {
    Path file = write("run.steps = 5");
    String text = ConfigLoader.read(file, Map.of("samplers.count", "2")).trainingWithOrigins();

    assertThat(text)
        .containsPattern("steps = 5 +# " + file + ":2\n")
        .containsPattern("count = 2 +# command line\n")
        .containsPattern("batch-size = 128 +# default\n")
        .containsPattern("name = \"test\" +# name of the file\n")
        .containsPattern("type = \"word\" +# " + file + ":1\n")
        .containsPattern("soft = false +# default\n");
  }

  private TributaryConfig load(String line) {
    return load(line, Map.of());
  }

  private TributaryConfig load(String line, Map<String, String> overrides) {
    return ConfigLoader.load(write(line), overrides);
  }

  private Path write(String lines) {
    String text =
        """
        tributary { model.base = "%s", target.features = [ { name = water, type = word, word = water } ]
        %s
        }
        """
            .formatted(model, lines);
    try {
      return Files.writeString(directory.resolve("test.conf"), text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String wordList(Path file) {
    return "target.features = [ { name = p, type = wordlist, file = \"%s\" } ]".formatted(file);
  }
}
