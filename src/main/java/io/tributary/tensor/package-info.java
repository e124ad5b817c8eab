/** The only user of DJL's PyTorch engine: operations, AdamW, safetensors, native memory. */
@NullMarked
package io.tributary.tensor;

import org.jspecify.annotations.NullMarked;
