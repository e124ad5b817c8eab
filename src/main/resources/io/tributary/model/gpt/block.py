# A block of GPT-2, see Gpt. TorchScript, see tensor.Script.
#
# B: sequences, T: new tokens, D: width, H: heads.

def activation(x: Tensor, name: str) -> Tensor:
  if name == 'gelu':
    return torch.gelu(x)
  if name == 'relu':
    return torch.relu(x)
  return torch.gelu(x, approximate='tanh')

def attention(q: Tensor, k: Tensor, v: Tensor, scale: float, dropout: float) -> Tensor:
  # Each of T tokens attends to itself and those before it; q: (B, H, T, D/H), k and v: (B, H, keys, D/H).
  t = q.size(2)
  scores = torch.matmul(torch.mul(q, scale), k.transpose(2, 3)) # (B, H, T, keys)
  if t > 1:
    scores = torch.add_(scores, torch.triu(torch.full([t, t], -1000000000., dtype=q.dtype, device=q.device), 1))
  return torch.matmul(torch.dropout(torch.softmax(scores, -1), dropout, True), v)

class Block(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  activation : str
  dropout : float
  epsilon : float
  heads : int
  scale : float

  # x: (B, T, D), and so is what is returned.
  # keys, values: (B, H, keys, D/H), of which the last T positions are set here; empty if none are kept.
  def forward(self: __torch__.Block, x: Tensor, keys: Tensor, values: Tensor,
      ln_1_weight: Tensor, ln_1_bias: Tensor, attn_c_attn_weight: Tensor, attn_c_attn_bias: Tensor,
      attn_c_proj_weight: Tensor, attn_c_proj_bias: Tensor, ln_2_weight: Tensor, ln_2_bias: Tensor,
      mlp_c_fc_weight: Tensor, mlp_c_fc_bias: Tensor, mlp_c_proj_weight: Tensor, mlp_c_proj_bias: Tensor) -> Tensor:
    b, t, d = x.size()
    normed = torch.layer_norm(x, [d], ln_1_weight, ln_1_bias, self.epsilon)
    qkv = torch.linear(normed, attn_c_attn_weight.t(), attn_c_attn_bias)
    heads = qkv.view([b, t, 3, self.heads, -1]).permute([2, 0, 3, 1, 4]).contiguous() # (3, B, H, T, D/H)
    q, k, v = torch.unbind(heads)
    if keys.numel() > 0:
      keys.narrow(2, keys.size(2) - t, t).copy_(k)
      values.narrow(2, keys.size(2) - t, t).copy_(v)
      k = keys
      v = values
    mixed = __torch__.attention(q, k, v, self.scale, self.dropout).transpose(1, 2).reshape([b, t, d])
    attended = torch.linear(mixed, attn_c_proj_weight.t(), attn_c_proj_bias)
    between = torch.add_(torch.dropout(attended, self.dropout, True), x)
    normed = torch.layer_norm(between, [d], ln_2_weight, ln_2_bias, self.epsilon)
    inner = __torch__.activation(torch.linear(normed, mlp_c_fc_weight.t(), mlp_c_fc_bias), self.activation)
    outer = torch.linear(inner, mlp_c_proj_weight.t(), mlp_c_proj_bias)
    return torch.add_(torch.dropout(outer, self.dropout, True), between)
