package io.tributary.tools.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tributary.data.BadInputException;
import io.tributary.io.TextFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerCutTest {
  private static final Path GPT2 = Path.of("test-data/tokenizer/gpt2-tokenizer.json.gz");
  private static final int MERGES = 2000;
  private static final HuggingFaceTokenizer FULL = load(new TextFile(GPT2).text());
  private static final HuggingFaceTokenizer CUT = load(cut(GPT2, MERGES));

  @TempDir Path directory;

  private static HuggingFaceTokenizer load(String json) {
    Map<String, String> options =
        Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");
    try (InputStream in = new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8))) {
      return HuggingFaceTokenizer.newInstance(in, options);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String cut(Path file, int merges) {
    return TokenizerCut.of(file, Optional.of(merges)).json();
  }

  private static long[] encode(HuggingFaceTokenizer tokenizer, String text) {
    return tokenizer.encode(text).getIds();
  }

  @Test
  void vocabularyIsTheBytesTheFirstMergesAndEndOfText() {
    JsonObject json = JsonParser.parseString(cut(GPT2, 3)).getAsJsonObject();
    JsonObject vocabulary = json.getAsJsonObject("model").getAsJsonObject("vocab");
    assertThat(vocabulary.size()).isEqualTo(260);
    assertThat(vocabulary.get("!").getAsInt()).isZero();
    assertThat(vocabulary.get("\u0120t").getAsInt()).isEqualTo(256);
    assertThat(vocabulary.get("\u0120a").getAsInt()).isEqualTo(257);
    assertThat(vocabulary.get("he").getAsInt()).isEqualTo(258);
    assertThat(vocabulary.get("<|endoftext|>").getAsInt()).isEqualTo(259);
    assertThat(json.getAsJsonArray("added_tokens")).hasSize(1);
    assertThat(json.getAsJsonArray("added_tokens").get(0).getAsJsonObject().get("id").getAsInt())
        .isEqualTo(259);
    assertThat(json.getAsJsonObject("pre_tokenizer").get("type").getAsString())
        .isEqualTo("ByteLevel");
  }

  @Property(tries = 300)
  void decodingGivesAnyTextBack(@ForAll @StringLength(max = 60) String text) {
    String valid = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    assertThat(CUT.decode(encode(CUT, valid), false)).isEqualTo(valid);
  }

  @Test
  void textAsLongAsAPageIsNeitherCutNorPadded() {
    String page = "entity: that which is known to exist. ".repeat(300);
    assertThat(CUT.decode(encode(CUT, page), false)).isEqualTo(page);
    assertThat(CUT.batchEncode(new String[] {"a", page})[0].getIds()).hasSize(1);
  }

  @Test
  void encodingsAgreeWithTheFullTokenizerWhereTheirTokensAreKept() {
    String text = "The first of them was not there when she had made it for us, and I will see.";
    long[] full = encode(FULL, text);
    assertThat(Arrays.stream(full)).allMatch(id -> id < 256 + MERGES);
    assertThat(encode(CUT, text)).isEqualTo(full);
  }

  @Test
  void allMergesGiveTheFullTokenizer() {
    TokenizerCut cut = TokenizerCut.of(GPT2, Optional.empty());
    HuggingFaceTokenizer all = load(cut.json());
    String text = "Philosophers' stones: caf\u00e9s, 1,234 na\u00efve \u4f60\u597d.<|endoftext|>";
    assertThat(encode(all, text)).isEqualTo(encode(FULL, text)).endsWith(50_256);
    assertThat(cut.endOfText()).isEqualTo(50_256);
    assertThat(cut.vocabulary()).isEqualTo(50_257);
  }

  @Test
  void endOfTextIsOneToken() {
    assertThat(encode(CUT, "<|endoftext|>")).containsExactly(256 + MERGES);
  }

  @Test
  void moreMergesThanThereAreAreRefused() {
    assertThatThrownBy(() -> cut(GPT2, 50_001))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("50001 merges were asked for, it has 50000");
  }

  @Test
  void aFileThatIsNoTokenizerIsRefused() throws IOException {
    for (String text :
        new String[] {
          "no JSON {",
          "[]",
          "{}",
          "{\"model\": {\"merges\": 3}}",
          "{\"model\": {\"merges\": [], \"vocab\": {\"ab\": 0}}}"
        }) {
      Path file = Files.writeString(directory.resolve("tokenizer.json"), text);
      assertThatThrownBy(() -> cut(file, 0))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("tokenizer.json: expected a tokenizer.json");
    }
  }
}
