package io.tributary.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        .containsExactly(new FeatureConfig.Word("water", "water", false, 1));
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
                "samplers.devices", "[\"gpu:0\", \"gpu:1\", cpu]",
                "tributary.samplers.prompt", "The \"x\": ",
                "run.name", "001"));

    assertThat(config.run().steps()).hasValue(7);
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

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "samplers.cuont = 3 | :2: unknown key tributary.samplers.cuont; did you mean count?",
        "learner { optimizer { lr = 1 } } | :2: unknown key tributary.learner.optimizer.lr;",
        "zzzzzzzz = 3 | known here: run, model, target",
        "samplers.top-k = 5 | truncated sampling gives q(x) = 0",
        "samplers.top-p = 0.9 | truncated sampling gives q(x) = 0",
        "samplers.count = three | :2: tributary.samplers.count must be a whole number, got \"three\"",
        "samplers.count = 1.5 | tributary.samplers.count must be a whole number, got 1.5",
        "samplers.count = 0 | :2: tributary.samplers.count must be at least 1, got 0",
        "samplers.count = 99999999999 | must be a whole number between",
        "samplers.count = null | missing key tributary.samplers.count; expected a whole number",
        "samplers.max-length = 0 | tributary.samplers.max-length must be at least 1, got 0",
        "samplers = 3 | tributary.samplers must be a section: { … }, got 3",
        "samplers.count { a = 1 } | unknown key tributary.samplers.count.a",
        "samplers.devices = cpu | tributary.samplers.devices must be a list",
        "samplers.devices = [cpu, cpu] | one device for all",
        "samplers.devices = [tpu] | must be a device: \"cpu\", \"gpu\" or \"gpu:N\"",
        "samplers.temperature = 0 | must be a positive number, got 0.0",
        "samplers.stop-at-eos = maybe | must be true or false, got \"maybe\"",
        "stream.stall-timeout = 60 | must be a duration with its unit, such as 60s or 500ms, got 60",
        "stream.stall-timeout = 0s | must be longer than zero, got 0s",
        "objective.type = dpg | must be one of gdc++, gdc, got \"dpg\"",
        "objective.type = gdc++ | :2: ",
        "learner.batch-size = 200 | a multiple of samplers.batch-size = 128, such as 128 or 256, got",
        "learner.micro-batch-size = 257 | at most learner.batch-size = 256, got 257",
        "partition-function.bootstrap-sequences = 100 | such as 128, got 100",
        "learner.optimizer.betas = [0.9] | two numbers",
        "learner.optimizer.betas = [0.9, x] | betas[1] must be a number, got \"x\"",
        "learner.optimizer.schedule = cosine | neither run.steps nor run.sequences",
        "learner.optimizer.schedule = cosine, run.steps = 9 | less than the 9 steps of the run",
        "http.port = 65536 | between 0 and 65535",
        "run.name = \"a/b\" | without a slash",
        "target.features = [] | must be a list of at least one feature",
        "target.features = [{ name = a, word = b }] | missing key tributary.target.features[0].type",
        "target.features = [{ name = a, type = regex }] | must be one of word, wordlist",
        "target.features = [{ name = a, type = word }] | missing key tributary.target.features[0].word",
        "target.features = [{ name = a, type = word, words = [b] }] | did you mean word?",
        "target.features = [{ name = a, type = word, word = \"b c\" }] | a single word without spaces",
        "target.features = [{ name = a, type = word, word = b, moment = 0.5 }] | no distributional moments",
        "target.features = [{ name = a, type = wordlist }] | got 0 words and no file",
        "target.features = [{ name = a, type = wordlist, file = nowhere }] | no such file: /",
        "target.features = [${f}, ${f}] | :2: ",
        "model.base = nowhere | must be a model directory, got \"nowhere\" (no such directory: /",
        "samplers { | Expecting close brace",
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
    assertThatThrownBy(() -> load("", Map.of("samplers..count", "1")))
        .hasMessageStartingWith("command line: -D samplers..count=1 can't be read");
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
    assertThatThrownBy(config::target)
        .hasMessage("%s: missing key tributary.target.features; expected a list: [ … ]", file);
    assertThat(config.nativeLibrary().intraOpThreads()).isEqualTo(1);
  }

  @Test
  void refusesKeysOutsideOfTheRoot() throws IOException {
    Path outside = Files.writeString(directory.resolve("outside.conf"), "samplers.count = 1");
    assertThatThrownBy(() -> ConfigLoader.load(outside, Map.of()))
        .hasMessage(
            "%s:1: samplers stands outside of tributary { }; write tributary.samplers", outside);
    Path misspelt = Files.writeString(directory.resolve("misspelt.conf"), "tributery {}");
    assertThatThrownBy(() -> ConfigLoader.load(misspelt, Map.of()))
        .hasMessageContaining("unknown key tributery");
  }

  @Test
  void readsAWordListFromItsFile() throws IOException {
    Path words =
        Files.writeString(directory.resolve("words.txt"), "# politics\nsenate\n\n vote \n");
    TributaryConfig config = load(wordList(words));

    FeatureConfig.WordList list = (FeatureConfig.WordList) config.target().features().get(0);
    assertThat(list.entries()).containsExactly("senate", "vote");
  }

  @Test
  void refusesAWordListThatIsEmptyOrHoldsSeveralWordsALine() throws IOException {
    Path words = Files.writeString(directory.resolve("words.txt"), "# nothing\n");
    assertThatThrownBy(() -> load(wordList(words)))
        .hasMessageContaining("words.txt: holds no word");
    Files.writeString(words, "one\ntwo three\n");
    assertThatThrownBy(() -> load(wordList(words)))
        .hasMessageContaining("words.txt:2: \"two three\" is not a single word");
  }

  @Test
  void whatItWritesLoadsAgainToAnEqualConfiguration() throws IOException {
    Path words = Files.writeString(directory.resolve("words.txt"), "senate\n");
    TributaryConfig config =
        load(
            "target.features += { name = p, type = wordlist, file = \"%s\", case-sensitive = true }"
                    .formatted(words)
                + "\ntarget.features += { name = w, type = wordlist, words = [a, \"ü\\\"\"] }"
                + "\nrun.steps = 12345678901, learner.optimizer.learning-rate = 3e-4"
                + "\nsamplers.prompt = \"a\\n${x} \\\"b\\\"\", stream.stall-timeout = 1500ms");

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
        .containsPattern("moment = 1.0 +# default\n");
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
