package io.tributary.serve;

import io.tributary.protocol.RunStatus;
import java.util.function.Supplier;

/**
 * What is shown of a run.
 *
 * @param status the run as it is now; asked at each request, so it must answer at once
 * @param history how it has gone
 * @param sequences what it learned last
 */
public record RunView(Supplier<RunStatus> status, RunHistory history, LatestSequences sequences) {}
