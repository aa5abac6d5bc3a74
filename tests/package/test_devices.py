"""What runs on a CPU runs on a GPU unchanged; checked on a pretended one, in a process of its own."""

import multiprocessing

import pytest
import torch
from torch import nn
from torch.utils import backend_registration

from nablab import training

pytestmark = pytest.mark.skipif(
    not hasattr(backend_registration, "_setup_privateuseone_for_python_backend"),
    reason=f"PyTorch {torch.__version__} is too old to pretend a GPU",
)


def network():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 3)
    )


def samples():
    generator = torch.Generator().manual_seed(0)
    return torch.randn(50, 1, 8, 8, generator=generator), torch.arange(50) % 3


def train(device="cpu"):
    x, y = (a.to(device) for a in samples())
    model = network().to(device)
    adam = torch.optim.Adam(model.parameters(), lr=0.01)
    history = training.fit(model, adam, x, y, epochs=2, batch_size=16, seed=0, validation=(x, y))
    result = training.evaluate(model, x, y)
    return history, result.loss, result.predictions.cpu().tolist()


def train_on_gpu():
    from pretend_gpu import PretendGPU

    with PretendGPU():
        return train("gpu:0")


def leave_labels_behind():
    from pretend_gpu import PretendGPU

    with PretendGPU():
        x, y = samples()
        return training.evaluate(network().to("gpu:0"), x.to("gpu:0"), y)


@pytest.fixture(scope="module")
def elsewhere():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        yield pool.apply


def test_training_on_a_gpu_gives_the_same_numbers(elsewhere):
    assert elsewhere(train_on_gpu) == train()


def test_the_pretended_gpu_refuses_what_a_real_one_refuses(elsewhere):
    with pytest.raises(RuntimeError, match="Expected all tensors to be on the same device"):
        elsewhere(leave_labels_behind)
