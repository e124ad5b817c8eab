/** Tensors: the only user of DJL's PyTorch engine. Scopes, operations, AdamW, safetensors. */
@NullMarked
package io.tributary.tensor;

import org.jspecify.annotations.NullMarked;
