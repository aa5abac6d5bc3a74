"""A pretended GPU: tensors that say "gpu:0" over numbers in main memory, and that refuse what a real one refuses.

It stands in where no GPU is at hand: a tensor made without a device, labels or indices left behind on the CPU, or
`.numpy()` on the device raise as they do on CUDA. Its interface to PyTorch is private, so it is for tests alone.
"""

import torch
from torch.utils import backend_registration
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

backend_registration._setup_privateuseone_for_python_backend("gpu")
DEVICE = torch.device("gpu:0")
# Operations that a real GPU, too, lets take tensors of the CPU.
MAY_MIX = {"_to_copy", "copy_", "index", "index_put_", "_index_put_impl_"}


class OnGPU(torch.Tensor):
    @staticmethod
    def __new__(cls, inner):
        made = torch.Tensor._make_wrapper_subclass(
            cls, inner.size(), strides=inner.stride(), dtype=inner.dtype, device=DEVICE
        )
        made.inner = inner
        return made

    @classmethod
    def __torch_dispatch__(cls, operation, types, args=(), kwargs=None):
        return run(operation, args, kwargs or {})


class PretendGPU(TorchDispatchMode):
    """Within `with PretendGPU():`, `device="gpu:0"` makes such tensors."""

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        return run(operation, args, kwargs or {})


def run(operation, args, kwargs):
    """Do an operation in main memory; raise where its tensors lie on different devices."""
    name = operation.overloadpacket.__name__
    tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
    refuse_mixture(name, args, tensors)
    device, generator = kwargs.get("device"), kwargs.get("generator")
    on_gpu = any(isinstance(t, OnGPU) for t in tensors) if device is None else torch.device(device).type == "gpu"
    if on_gpu and generator is not None and generator.device.type == "cpu":
        raise RuntimeError("Expected a 'gpu' device type for generator but found 'cpu'")
    inner = {key: value for key, value in kwargs.items() if key != "pin_memory"}
    inner |= {} if device is None else {"device": "cpu"}
    result = operation(*tree_map(unwrap, args), **tree_map(unwrap, inner))
    if not operation._schema.returns:
        return None
    if name.endswith("_") and not name.endswith("__"):
        return args[0]
    return tree_map(lambda r: OnGPU(r) if isinstance(r, torch.Tensor) and on_gpu else r, result)


def refuse_mixture(name, args, tensors):
    here = [t for t in tensors if isinstance(t, OnGPU)]
    elsewhere = [t for t in tensors if not isinstance(t, OnGPU) and t.dim() > 0]
    allowed = isinstance(args[0], OnGPU) if name.startswith("index") and args else name in MAY_MIX
    if here and elsewhere and not allowed:
        raise RuntimeError(f"{name}: Expected all tensors to be on the same device, but found gpu:0 and cpu")


def unwrap(value):
    return value.inner if isinstance(value, OnGPU) else value
