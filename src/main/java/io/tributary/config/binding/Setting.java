package io.tributary.config.binding;

/**
 * The value of one key.
 *
 * @param json the value as JSON: a time as a text with its unit, sections within a list as objects;
 *     secrets are never part of a configuration, only their files are
 * @param origin where it came from: file and line, command line, default, or a change
 * @param changeable whether it can be changed while a service runs
 */
public record Setting(String json, String origin, boolean changeable) {}
