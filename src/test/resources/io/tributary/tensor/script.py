class Attributes(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  factor : float
  name : str
  negated : bool
  times : int
  def forward(self: __torch__.Attributes, x: Tensor) -> Tuple[Tensor, Tensor]:
    times = self.times
    if self.negated:
      times = -times
    return (torch.mul(x, self.factor), torch.tensor([times, torch.len(self.name)]))

class Cube(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  def forward(self: __torch__.Cube, x: Tensor) -> Tensor:
    return __torch__.cube(x)

def cube(x: Tensor) -> Tensor:
  return torch.mul(torch.mul(x, x), x)

class Wrong(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  def forward(self: __torch__.Wrong, x: Tensor) -> Tensor:
    return torch.no_such_operation(x)
