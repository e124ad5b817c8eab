package io.tributary.cluster.transfer;

import io.tributary.io.RateLimit;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What all connections of a {@link FileServer} share. */
record ServerContext(
    Function<String, Optional<Path>> find,
    BearerToken token,
    @Nullable TlsSockets tls,
    ServerLimits limits,
    RateLimit uploads,
    RateLimit arrivals,
    ServerStats stats) {}
