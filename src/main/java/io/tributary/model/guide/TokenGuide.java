package io.tributary.model.guide;

import io.tributary.config.objective.ObjectiveConfig;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Says which tokens a proposal raises while a sequence still lacks a phrase that it needs: those
 * that would complete one next. Of each of several lists one phrase is needed.
 *
 * <p>A proposal guided with strength beta has the logits z + beta of these tokens M in place of z:
 *
 * <pre>
 * log q(v|s) = log q0(v|s) + beta [v in M(s)] - log( 1 + (e^beta - 1) q0(M|s) )
 * </pre>
 *
 * Any choice of M(s), a function of the tokens before, leaves importance weights exact; a good one
 * makes them even. Thread-safe.
 */
public final class TokenGuide {
  /** Raises nothing. */
  public static final TokenGuide NONE = new TokenGuide(List.of(), token -> false, token -> false);

  private static final int[] NOTHING = {};

  private final List<Phrases> lists;
  private final IntPredicate endsInWord;

  /**
   * How far a sequence has come.
   *
   * @param afterWord whether its last token ends within a word
   */
  public record State(List<Phrases.Place> places, boolean afterWord) {}

  /**
   * @param lists of phrases, of each of which one is needed; each phrase at least one token
   * @param beginsInWord whether a token goes on with the word before it
   * @param endsInWord whether the token behind may go on with a word that it ends with
   */
  public TokenGuide(List<List<int[]>> lists, IntPredicate beginsInWord, IntPredicate endsInWord) {
    this.lists = lists.stream().map(phrases -> new Phrases(phrases, beginsInWord)).toList();
    this.endsInWord = endsInWord;
  }

  /** Whether nothing is ever raised. */
  public boolean isEmpty() {
    return lists.isEmpty();
  }

  /** Before the first token that is drawn. */
  public State start() {
    return new State(lists.stream().map(Phrases::start).toList(), false);
  }

  /** After one more token. */
  public State after(State state, int token) {
    List<Phrases.Place> places =
        IntStream.range(0, lists.size())
            .mapToObj(i -> lists.get(i).after(state.places().get(i), token, state.afterWord()))
            .toList();
    return new State(places, endsInWord.test(token));
  }

  /** M, the tokens to raise next: ascending, each once; often none. */
  public int[] raised(State state) {
    List<int[]> parts =
        IntStream.range(0, lists.size())
            .boxed()
            .flatMap(
                i -> lists.get(i).completing(state.places().get(i), state.afterWord()).stream())
            .filter(tokens -> tokens.length > 0)
            .toList();
    return switch (parts.size()) {
      case 0 -> NOTHING;
      case 1 -> parts.get(0);
      default -> parts.stream().flatMapToInt(Arrays::stream).sorted().distinct().toArray();
    };
  }

  /**
   * M before each of a sequence's tokens, but none where M has more than {@link
   * ObjectiveConfig#MOST_MILESTONES}.
   */
  public int[][] milestonesBefore(int[] tokens) {
    int[][] milestones = raisedBefore(tokens);
    for (int t = 0; t < milestones.length; t++) {
      if (milestones[t].length > ObjectiveConfig.MOST_MILESTONES) {
        milestones[t] = NOTHING;
      }
    }
    return milestones;
  }

  /** M before each of a sequence's tokens. */
  public int[][] raisedBefore(int[] tokens) {
    int[][] raised = new int[tokens.length][];
    State state = start();
    for (int t = 0; t < tokens.length; t++) {
      raised[t] = raised(state);
      state = after(state, tokens[t]);
    }
    return raised;
  }
}
