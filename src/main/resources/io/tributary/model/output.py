# The output layer's passes over a block of its tokens, see OutputLayer. TorchScript, see tensor.Script.
#
# h: hidden states (N, D); w: the block's weights (block, D); z = h w': its logits (N, block).

class Masses(Module):
  # exp(z - max z) (N, block), max z (N, 1) and the sum of the former (N, 1), maximum and sum over each row.
  __parameters__ = []
  __buffers__ = []
  training : bool
  def forward(self: __torch__.Masses, h: Tensor, w: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    z = torch.matmul(h, torch.t(w))
    max = torch.amax(z, [1], True)
    masses = torch.exp_(torch.sub_(z, max))
    return (masses, max, torch.sum(masses, [1], True))

class Groups(Module):
  # As Masses, in groups of `size` tokens, the last filled up with zeros: (N, groups, size), max z (N, 1),
  # and the sum of each group (N, groups).
  __parameters__ = []
  __buffers__ = []
  training : bool
  size : int
  def forward(self: __torch__.Groups, h: Tensor, w: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    z = torch.matmul(h, torch.t(w))
    max = torch.amax(z, [1], True)
    masses = torch.exp_(torch.sub_(z, max))
    rest = z.size(1) % self.size
    if rest > 0:
      masses = torch.constant_pad_nd(masses, [0, self.size - rest])
    groups = masses.view([z.size(0), -1, self.size])
    return (groups, max, torch.sum(groups, [2]))

class Weighted(Module):
  # factor exp(z - shift) (N, block); shift and factor: (N, 1).
  __parameters__ = []
  __buffers__ = []
  training : bool
  def forward(self: __torch__.Weighted, h: Tensor, w: Tensor, shift: Tensor, factor: Tensor) -> Tensor:
    z = torch.matmul(h, torch.t(w))
    return torch.mul_(torch.exp_(torch.sub_(z, shift)), factor)

class Backward(Module):
  # Adds what the logits' gradient gz (N, block) gives to the gradients of h and w, in place.
  __parameters__ = []
  __buffers__ = []
  training : bool
  def forward(self: __torch__.Backward, gz: Tensor, h: Tensor, w: Tensor, gh: Tensor, gw: Tensor) -> Tuple[Tensor, Tensor]:
    return (torch.addmm_(gh, gz, w), torch.addmm_(gw, torch.t(gz), h))
