package io.tributary.model.guide;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Finds where one of several phrases, each a sequence of tokens, has come in a growing sequence.
 * One that does not begin with a separator, such as a space, begins after one only. A phrase counts
 * when the token behind it does not go on with its last word.
 *
 * <p>Immutable, and so are the places in a sequence that it makes.
 */
final class Phrases {

  /** A node of the trie of phrases. */
  private static final class Node {
    final Map<Integer, Node> next = new HashMap<>();
    boolean isEnd;
    int[] completing = {}; // tokens that complete a phrase from here

    void add(int[] phrase) {
      Node node = this;
      for (int token : phrase) {
        node = node.next.computeIfAbsent(token, t -> new Node());
      }
      node.isEnd = true;
    }

    void close() {
      next.values().forEach(Node::close);
      completing =
          next.entrySet().stream()
              .filter(entry -> entry.getValue().isEnd)
              .mapToInt(Map.Entry::getKey)
              .sorted()
              .toArray();
    }
  }

  /**
   * How far a sequence has come.
   *
   * @param open phrases of which some tokens have come
   * @param pending whether a phrase has come, unless the next token goes on with its last word
   * @param done whether one has come for good
   */
  record Place(List<Node> open, boolean pending, boolean done) {
    private static final Place DONE = new Place(List.of(), false, true);
  }

  private final Node afterSeparator = new Node();
  private final Node withinWord = new Node();
  private final IntPredicate beginsInWord;

  /**
   * @param phrases at least one token each
   * @param beginsInWord whether a token goes on with the word before it
   */
  Phrases(List<int[]> phrases, IntPredicate beginsInWord) {
    this.beginsInWord = beginsInWord;
    for (int[] phrase : phrases) {
      afterSeparator.add(phrase);
      if (!beginsInWord.test(phrase[0])) {
        withinWord.add(phrase);
      }
    }
    afterSeparator.close();
    withinWord.close();
  }

  /** Before the first token. */
  Place start() {
    return new Place(List.of(), false, false);
  }

  /**
   * The place after one more token.
   *
   * @param afterWord whether the token before it ends within a word
   */
  Place after(Place place, int token, boolean afterWord) {
    if (place.done() || (place.pending() && !beginsInWord.test(token))) {
      return Place.DONE;
    }
    List<Node> open = new ArrayList<>();
    boolean completed = advance(root(afterWord), token, open);
    for (Node node : place.open()) {
      completed |= advance(node, token, open);
    }
    return new Place(List.copyOf(open), completed, false);
  }

  private static boolean advance(Node node, int token, List<Node> open) {
    Node next = node.next.get(token);
    if (next != null && !next.next.isEmpty()) {
      open.add(next);
    }
    return next != null && next.isEnd;
  }

  /**
   * The tokens that complete a phrase next; none where one has come.
   *
   * @param afterWord whether the token before ends within a word
   */
  List<int[]> completing(Place place, boolean afterWord) {
    if (place.done() || place.pending()) {
      return List.of();
    }
    List<int[]> completing = new ArrayList<>();
    completing.add(root(afterWord).completing);
    place.open().forEach(node -> completing.add(node.completing));
    return completing;
  }

  private Node root(boolean afterWord) {
    return afterWord ? withinWord : afterSeparator;
  }
}
