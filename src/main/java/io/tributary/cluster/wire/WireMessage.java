package io.tributary.cluster.wire;

/**
 * Everything that crosses machines, and nothing else, has this type: its serializer is bound to it.
 */
public sealed interface WireMessage permits ToSlot, FromSlot, ToNode, ToTrainer {}
