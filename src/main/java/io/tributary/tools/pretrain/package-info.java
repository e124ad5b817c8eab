/** Base models made from text: corpora, the tokenizer cut from GPT-2's, batches, training. */
@NullMarked
package io.tributary.tools.pretrain;

import org.jspecify.annotations.NullMarked;
