package io.tributary.data;

/** What a worker's node is doing, as the trainer sees it. */
public enum NodeState {
  /** It fetches and loads what the run needs. */
  JOINING,
  /** Its samplers and scorers get work. */
  AVAILABLE,
  /** It ends the work that it has, and gets no more. */
  LEAVING,
  /** It is silent, or was told to end; its work is given to others. */
  UNREACHABLE
}
