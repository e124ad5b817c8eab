package io.tributary.serve;

import io.tributary.protocol.RunStatus;
import java.util.function.Supplier;

/**
 * What HTTP shows of a run.
 *
 * @param status the present status; called on each request, so it must not block
 * @param history measurements since the first step
 * @param sequences the latest learned sequences
 */
public record RunView(Supplier<RunStatus> status, RunHistory history, LatestSequences sequences) {}
