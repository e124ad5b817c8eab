package io.tributary.config.binding;

/**
 * The value of one key.
 *
 * @param json the value as JSON: a duration as a string with its unit, sections in a list as
 *     objects; secrets are never part of a configuration, only their files are
 * @param origin its origin: file and line, command line, default, or a change
 * @param changeable whether it can be changed during a run
 */
public record Setting(String json, String origin, boolean changeable) {}
