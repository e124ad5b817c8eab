package io.tributary.run.life;

import io.tributary.metrics.RunMetrics;
import io.tributary.run.assembly.TrainingParts;
import io.tributary.run.assembly.WorkerBehaviors;
import io.tributary.run.files.RunDirectory;
import io.tributary.run.watch.RunConsole;
import io.tributary.run.watch.RunWatch;
import io.tributary.run.watch.StreamMetrics;

/** What the classes of a run share, one instance of each. */
record RunServices(
    LiveConfig config,
    TrainingParts parts,
    WorkerBehaviors workers,
    RunDirectory directory,
    RunMetrics metrics,
    RunWatch watch,
    StreamMetrics streamMetrics,
    RunConsole console) {}
