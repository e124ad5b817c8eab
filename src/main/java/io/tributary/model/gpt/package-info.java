/** GPT-2: its configuration, tensors and decoder blocks. */
@NullMarked
package io.tributary.model.gpt;

import org.jspecify.annotations.NullMarked;
