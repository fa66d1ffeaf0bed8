"""Devices beside PyTorch's: there is one, and programs that ask for it run."""

import pytest

import minigrad
from tests.both import Programs

programs = Programs(__name__)


@programs
def names_of_devices(torch, show):
    device = torch.device
    show(device("cpu"), device("cuda"), device("cuda:1"), device("cuda", 1), device(device("cpu")), device("cpu:0"))
    show(str(device("cuda:1")), device("cuda:1").index, device("cpu").index, device("cpu").type, device)
    show(device("cpu") == device("cpu"), device("cpu") == "cpu", device("cpu") == device("cuda"))
    show(device("cuda:0") == device("cuda"), {device("cpu"): 1}[device("cpu")], f"{device('cpu')}")
    for wrong in ("gpu", "cuda:x", "cpu:"):
        show.error(device, wrong)
    show.error(device, "cuda:1", 1)
    show.error(setattr, device("cpu"), "type", "cuda")


@programs.of_a_cpu_build
def a_number_as_a_device(torch, show):
    show.error(torch.device, 3)


@programs
def the_usual_lines(torch, show):
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    show(device, torch.ones(2, device=device), torch.tensor([1, 2]).to(device), torch.nn.Linear(2, 1).to(device))
    x = torch.ones(2, requires_grad=True)
    show(x.to(device) is x, x.cpu() is x, x.device, x.is_cuda, x.is_cpu, x.get_device(), (x * 2).device.type)
    show(x.to(device, torch.float64), x.to("cpu", torch.float64, True), x.to(device, non_blocking=True))
    show(x.to(device, torch.float32, False, True) is x, x.to(device=device, dtype=torch.float64), x.to(None))
    show(torch.nn.Linear(2, 1).cpu(), torch.nn.Linear(2, 1).to(device, torch.float64).weight.dtype)
    show(torch.randn(2, device="cpu").shape, torch.zeros_like(x, device=device), torch.arange(3, device=device))
    show(torch.get_default_device(), torch.set_default_device("cpu"))
    with torch.device("cpu"):
        show(torch.ones(1))


@programs.of_a_cpu_build
def what_there_is_not(torch, show):
    x, layer = torch.ones(2), torch.nn.Linear(2, 1)
    for device in ("cuda", "cuda:0", torch.device("cuda"), "mps", "gpu", 3):
        show.error(x.to, device)
        show.error(layer.to, device)
        if device != "mps":  # which PyTorch refuses in another way
            show.error(lambda device=device: torch.ones(2, device=device))
            show.error(lambda device=device: torch.tensor([1.0], device=device))
    show.error(x.cuda)
    show.error(layer.cuda)
    show.error(x.to, device="cuda")


@programs.of_a_cpu_build
def what_it_was_built_for(torch, show):
    for ask in (torch.cuda.current_device, torch.cuda.get_device_name, torch.cuda.synchronize):
        show.error(ask)
    show(torch.backends.mps.is_built(), torch.backends.cudnn.is_available(), torch.accelerator.current_accelerator())


@programs
def what_programs_ask(torch, show):
    show(torch.cuda.is_available(), torch.cuda.device_count(), torch.cuda.is_initialized())
    show(torch.cuda.manual_seed(0), torch.cuda.manual_seed_all(0), torch.cuda.empty_cache())
    show(torch.backends.mps.is_available())
    before = torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark
    torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = True, False
    show(before, torch.backends.cudnn.deterministic)
    torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = before
    show(torch.accelerator.is_available(), torch.accelerator.device_count())


@programs
def inference_mode(torch, show):
    x = torch.ones(2, requires_grad=True)
    with torch.inference_mode():
        y = x * 2
        show(torch.is_grad_enabled(), y.requires_grad, y, torch.zeros(2))
    show(torch.is_grad_enabled(), torch.inference_mode, torch.inference_mode(), y + x)

    @torch.inference_mode()
    def inside(x):
        return (x * 2).requires_grad

    @torch.inference_mode
    def without_parentheses(x):
        return (x * 2).requires_grad

    show(inside(x), without_parentheses(x), torch.is_grad_enabled())
    with torch.inference_mode(mode=False):
        show((x * 2).requires_grad)
    with torch.no_grad(), torch.inference_mode(False):
        show((x * 2).requires_grad)
    with torch.autograd.inference_mode():
        show((x * 2).requires_grad)


test_as_recorded, test_beside_pytorch = programs.tests()
record = programs.record


@pytest.mark.torch
def test_any_build_of_pytorch_refuses_a_gpu_that_is_not_there() -> None:
    """One for the CPU says that it has not been built for it, one for GPUs that there is no driver."""
    import torch

    expected = (RuntimeError, "NVIDIA|CUDA GPU") if torch.version.cuda else (AssertionError, "not compiled with CUDA")
    for ask in (torch.ones(2).cuda, torch.nn.Linear(2, 1).cuda, torch.cuda.current_device):
        with pytest.raises(expected[0], match=expected[1]):
            ask()


def test_every_tensor_names_one_device() -> None:
    assert minigrad.ones(2).device is minigrad.zeros(3).device
