package io.tributary.config.binding;

/**
 * The value of one key.
 *
 * @param json the value as JSON: a time as a text with its unit, sections within a list as objects
 * @param origin where it came from: file and line, command line, default, or a change
 * @param live whether it can be changed while a service runs
 */
public record Setting(String json, String origin, boolean live) {}
