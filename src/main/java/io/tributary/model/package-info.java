/**
 * Language models: the seam to their families, sampling, scoring, training; Hugging Face
 * directories.
 */
@NullMarked
package io.tributary.model;

import org.jspecify.annotations.NullMarked;
