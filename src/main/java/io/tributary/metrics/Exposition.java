package io.tributary.metrics;

/**
 * All metrics, rendered.
 *
 * @param contentType media type and version of the format
 * @param body the text, in UTF-8
 */
public record Exposition(String contentType, byte[] body) {}
