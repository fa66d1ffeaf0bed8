"""What PyTorch has and minigrad leaves out, with what to write instead.

A name that PyTorch does not have either is a typo, for which Python itself suggests another.
"""

import opcode
import sys
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

from ..engine.tensor import Tensor

HALF = "there are float32, float64, int64, int32, uint8 and bool"
COMPLEX = "there are no complex numbers"
IMAGES = "there are no convolutions and nothing else for images: use PyTorch"
SEQUENCES = "there are no recurrent layers and no ready-made transformers"

# The missing call, and what to write for it.  Each pair is run, under both libraries, by tests/test_left_out.py.
WRITE = {
    "true_divide": ("torch.true_divide(x, y)", "torch.div(x, y)"),
    "positive": ("torch.positive(x)", "+x"),
    "vdot": ("torch.vdot(x, y)", "torch.dot(x, y)"),
    "asarray": ("torch.asarray(values)", "torch.as_tensor(values)"),
    "scalar_tensor": ("torch.scalar_tensor(n)", "torch.tensor(n)"),
    "is_nonzero": ("torch.is_nonzero(n > 0)", "bool(n > 0)"),
    "logit": ("torch.logit(x)", "(x / (1 - x)).log()"),
    "addmm": ("torch.addmm(c, a, b)", "c + a @ b"),
    "addmv": ("torch.addmv(y, a, x)", "y + a @ x"),
    "addr": ("torch.addr(a, x, y)", "a + torch.outer(x, y)"),
    "baddbmm": ("torch.baddbmm(h, h, h)", "h + h @ h"),
    "tensordot": ("torch.tensordot(a, b, dims=1)", 'torch.einsum("ij,jk->ik", a, b)'),
    "dist": ("torch.dist(x, y, 2)", "(x - y).norm(2)"),
    "cdist": ("torch.cdist(a, b)", "(a[:, None] - b).norm(dim=-1)"),
    "nansum": ("torch.nansum(x)", "x[~x.isnan()].sum()"),
    "nanmean": ("torch.nanmean(x)", "x[~x.isnan()].mean()"),
    "var_mean": ("torch.var_mean(x)", "(x.var(), x.mean())"),
    "std_mean": ("torch.std_mean(x)", "(x.std(), x.mean())"),
    "aminmax": ("tuple(torch.aminmax(x))", "(x.min(), x.max())"),
    "msort": ("torch.msort(a)", "torch.sort(a, dim=0).values"),
    "argwhere": ("torch.argwhere(x > 0.5)", "torch.nonzero(x > 0.5)"),
    "take": ("torch.take(a, indices)", "a.flatten()[indices]"),
    "take_along_dim": ("torch.take_along_dim(a, a.argsort(1), 1)", "torch.gather(a, 1, a.argsort(1))"),
    "unflatten": ("x.unflatten(0, (1, -1))", "x.reshape(1, -1)"),
    "bucketize": ("torch.bucketize(y, x)", "torch.searchsorted(x, y)"),
    "isin": ("torch.isin(x, y)", "(x[:, None] == y).any(1)"),
    "signbit": ("torch.signbit(x)", "x < 0"),
    "xlogy": ("torch.xlogy(x, y)", "torch.where(x == 0, 0.0, x * y.log())"),
    "logspace": ("torch.logspace(0, 2, 5)", "10 ** torch.linspace(0, 2, 5)"),
    "column_stack": ("torch.column_stack([x, y])", "torch.stack([x, y], dim=1)"),
    "fill_diagonal_": ("a.fill_diagonal_(n)", "a.diagonal().fill_(n)"),
    "diag_embed": ("torch.diag_embed(x)", "torch.diag(x)"),
    "t_": ("a.t_()", "a.t()"),
    "index_add": ("torch.index_add(x, 0, indices, y)", "torch.scatter_add(x, 0, indices, y)"),
    "dropout": ("torch.dropout(x, 0.5, True)", "torch.nn.functional.dropout(x, 0.5, True)"),
    "prelu": ("torch.prelu(x, n)", "torch.where(x > 0, x, n * x)"),
    "selu": ("torch.selu(x)", "1.0507009873554805 * torch.nn.functional.elu(x, 1.6732632423543772)"),
    "threshold": ("torch.threshold(x, 0.5, 2.0)", "torch.where(x > 0.5, x, 2.0)"),
    "linalg": ("torch.linalg.norm(x)", "x.norm()"),
    "vmap": ("torch.vmap(f)(x)", "torch.stack([f(each) for each in x])"),
}

# Reasons, and the names that are left out for them.
REASONS = {
    HALF: "half float16 bfloat16 short int8 int16 char byte ShortTensor CharTensor finfo iinfo",
    COMPLEX: """
        complex64 complex128 cfloat cdouble chalf is_complex conj conj_physical real imag angle polar stft istft
        view_as_complex view_as_real resolve_conj
    """,
    IMAGES: """
        adaptive_avg_pool1d adaptive_max_pool1d avg_pool1d channel_shuffle conv1d conv2d conv3d conv_tbc
        conv_transpose1d conv_transpose2d conv_transpose3d grid_sampler group_norm instance_norm max_pool1d
        max_pool1d_with_indices max_pool2d max_pool3d pixel_shuffle pixel_unshuffle
    """,
    "there are no sparse tensors": """
        sparse to_sparse to_dense is_sparse coalesce sparse_coo_tensor sparse_csr_tensor
    """,
    "call the function as it is": "compile jit export",
    "there is one precision and one device: leave it out": "amp autocast GradScaler",
    "there is one process": "distributed multiprocessing",
}

# Further names, for which there is nothing to say but that they are left out.
NAMES = """
addbmm adjoint alpha_dropout apply_ as_strided as_strided_scatter atleast_1d atleast_2d atleast_3d bartlett_window
batch_norm bilinear binary_cross_entropy_with_logits binomial bitwise_left_shift bitwise_not_ bitwise_right_shift
blackman_window broadcast_tensors cartesian_prod cauchy_ celu cholesky cholesky_inverse cholesky_solve combinations
complex corrcoef cosine_embedding_loss cov ctc_loss cumprod_ cumsum_ cumulative_trapezoid det diagflat
diagonal_scatter digamma distributions eig embedding embedding_bag empty_strided eq_ erfinv feature_alpha_dropout fft
float_power fmax fmin frexp from_dlpack frombuffer gcd ge_ geometric_ geqrf gradient greater_ greater_equal_ gt_ H
hamming_window hann_window hardshrink heaviside hinge_embedding_loss histogram histogramdd i0 igamma igammac index
index_fill index_put index_reduce indices inverse is_meta is_pinned is_same_size is_shared is_signed isneginf isposinf
isreal itemsize kaiser_window kl_div kron kthvalue layer_norm lcm ldexp le_ less_ less_equal_ lgamma log_normal_
logaddexp2 logcumsumexp logdet logical_and_ logical_not_ logical_or_ logical_xor_ lstsq lt_ lu lu_solve
margin_ranking_loss masked_scatter matrix_exp matrix_power mH mode name nanmedian nanquantile nbytes ne_ new
new_empty_strided nextafter not_equal_ pairwise_distance pdist pin_memory pinverse poisson poisson_nll_loss polygamma
profiler put qr range renorm resize resize_ resize_as rms_norm rot90 rrelu rsub scatter_reduce sgn share_memory_ sinc
slogdet solve special spmm storage storage_offset sum_to_size svd swapaxes_ swapdims_ transpose_ trapezoid trapz
triangular_solve tril_indices triplet_margin_loss triu_indices unfold unique_consecutive untyped_storage
use_deterministic_algorithms values vander
"""
FURTHER = frozenset(NAMES.split())

# The same for the modules, under PyTorch's names for them.
_F = "torch.nn.functional."
WRITE_IN = {
    "torch.nn": {
        "Buffer": ("module.b = torch.nn.Buffer(x)", 'module.register_buffer("b", x)'),
        "Unflatten": ("torch.nn.Unflatten(1, (1, -1))(a)", "a.reshape(-1, 1, 3)"),
    },
    "torch.nn.functional": {
        "scaled_dot_product_attention": (
            f"{_F}scaled_dot_product_attention(a, b, c)", "(a @ b.mT / a.shape[-1] ** 0.5).softmax(-1) @ c"
        ),
        "pairwise_distance": (f"{_F}pairwise_distance(x, y)", "(x - y + 1e-6).norm(dim=-1)"),
        "kl_div": (f'{_F}kl_div(x, y, reduction="sum")', "(y * (y.log() - x)).sum()"),
        "glu": (f"{_F}glu(h)", "h.chunk(2, -1)[0] * h.chunk(2, -1)[1].sigmoid()"),
        "hardswish": (f"{_F}hardswish(x)", f"x * {_F}relu6(x + 3) / 6"),
        "hardsigmoid": (f"{_F}hardsigmoid(x)", f"{_F}relu6(x + 3) / 6"),
        "tanhshrink": (f"{_F}tanhshrink(x)", "x - x.tanh()"),
        "celu": (f"{_F}celu(x, 0.5)", "torch.where(x > 0, x, 0.5 * (x / 0.5).expm1())"),
        "selu": (f"{_F}selu(x)", f"1.0507009873554805 * {_F}elu(x, 1.6732632423543772)"),
        "prelu": (f"{_F}prelu(x, n)", "torch.where(x > 0, x, n * x)"),
        "threshold": (f"{_F}threshold(x, 0.5, 2.0)", "torch.where(x > 0.5, x, 2.0)"),
        "rms_norm": (f"{_F}rms_norm(x, (3,), eps=1e-6)", "x / (x.square().mean(-1, keepdim=True) + 1e-6).sqrt()"),
        "margin_ranking_loss": (f"{_F}margin_ranking_loss(x, y, t)", "(-t * (x - y)).relu().mean()"),
    },
    "torch.nn.init": {
        name: (f"torch.nn.init.{name}({given})", f"torch.nn.init.{name}_({given})")
        for name, given in {"constant": "a, 3.0"}.items() | dict.fromkeys((
            "kaiming_normal", "kaiming_uniform", "normal", "orthogonal", "uniform", "xavier_normal", "xavier_uniform",
        ), "a").items()
    },
    "torch.nn.utils": {
        "clip_grad_norm": (
            "torch.nn.utils.clip_grad_norm(module.parameters(), 1.0)",
            "torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)",
        ),
    },
    "torch.func": {"vmap": ("torch.func.vmap(f)(x)", "torch.stack([f(each) for each in x])")},
}  # fmt: skip
REASONS_IN = {
    "torch.nn": {
        IMAGES: """
            AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d
            AdaptiveMaxPool3d AvgPool1d AvgPool2d AvgPool3d BatchNorm2d BatchNorm3d ChannelShuffle
            CircularPad1d CircularPad2d CircularPad3d ConstantPad1d ConstantPad2d ConstantPad3d Conv1d Conv2d
            Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d CrossMapLRN2d Dropout1d Dropout2d Dropout3d
            Fold FractionalMaxPool2d FractionalMaxPool3d GroupNorm InstanceNorm1d InstanceNorm2d
            InstanceNorm3d LPPool1d LPPool2d LPPool3d LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d
            LazyConv1d LazyConv2d LazyConv3d LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d
            LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d LocalResponseNorm MaxPool1d MaxPool2d
            MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d PixelShuffle PixelUnshuffle ReflectionPad1d
            ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d Softmax2d
            Unfold Upsample UpsamplingBilinear2d UpsamplingNearest2d ZeroPad1d ZeroPad2d ZeroPad3d
        """,
        SEQUENCES: """
            CTCLoss GRU GRUCell LSTM LSTMCell MultiheadAttention RNN RNNBase RNNCell RNNCellBase Transformer
            TransformerDecoder TransformerDecoderLayer TransformerEncoder TransformerEncoderLayer
        """,
        "there is one device: leave it out": "DataParallel SyncBatchNorm parallel",
    },
    "torch.nn.functional": {
        IMAGES: """
            adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d
            adaptive_max_pool1d_with_indices adaptive_max_pool2d adaptive_max_pool2d_with_indices
            adaptive_max_pool3d adaptive_max_pool3d_with_indices affine_grid avg_pool1d avg_pool2d avg_pool3d
            channel_shuffle conv1d conv2d conv3d conv_tbc conv_transpose1d conv_transpose2d conv_transpose3d
            dropout1d dropout2d dropout3d fold fractional_max_pool2d fractional_max_pool2d_with_indices
            fractional_max_pool3d fractional_max_pool3d_with_indices grid_sample group_norm instance_norm
            interpolate local_response_norm lp_pool1d lp_pool2d lp_pool3d max_pool1d max_pool1d_with_indices
            max_pool2d max_pool2d_with_indices max_pool3d max_pool3d_with_indices max_unpool1d max_unpool2d
            max_unpool3d pixel_shuffle pixel_unshuffle unfold upsample upsample_bilinear upsample_nearest
        """,
        SEQUENCES: "ctc_loss multi_head_attention_forward",
    },
}
NAMES_IN = {
    "torch": """
        AcceleratorError Event OutOfMemoryError Stream are_deterministic_algorithms_enabled block_diag can_cast
        channels_last contiguous_format cpu default_generator dsplit dstack get_float32_matmul_precision
        get_num_threads has_mkl hsplit hub index_copy is_inference_mode_enabled is_storage layout library
        memory_format mps overrides package preserve_format promote_types qint8 quint8 qint32 result_type seed
        select_scatter set_anomaly_enabled set_default_tensor_type set_float32_matmul_precision
        set_flush_denormal set_num_threads slice_scatter split_with_sizes strided tensor_split typename uint16
        uint32 uint64 unravel_index version vsplit
    """,
    "torch.nn": """
        AdaptiveLogSoftmaxWithLoss AlphaDropout Bilinear CELU CosineEmbeddingLoss EmbeddingBag
        FeatureAlphaDropout GLU GaussianNLLLoss Hardshrink Hardsigmoid Hardswish HingeEmbeddingLoss KLDivLoss
        LazyLinear LinearCrossEntropyLoss MarginRankingLoss MultiLabelMarginLoss MultiLabelSoftMarginLoss
        MultiMarginLoss PReLU PairwiseDistance ParameterDict PoissonNLLLoss RMSNorm RReLU SELU SoftMarginLoss Softshrink
        Tanhshrink Threshold TripletMarginLoss TripletMarginWithDistanceLoss UninitializedBuffer
        UninitializedParameter grad
    """,
    "torch.nn.functional": """
        alpha_dropout bilinear celu_ cosine_embedding_loss elu_ embedding_bag feature_alpha_dropout
        gaussian_nll_loss grad gumbel_softmax hardshrink hardtanh_ hinge_embedding_loss leaky_relu_
        linear_cross_entropy multi_margin_loss multilabel_margin_loss multilabel_soft_margin_loss pdist
        poisson_nll_loss rrelu rrelu_ selu_ soft_margin_loss softshrink threshold_ triplet_margin_loss
        triplet_margin_with_distance_loss
    """,
    "torch.nn.init": """
        dirac dirac_ eye eye_ sparse sparse_ trunc_normal_
    """,
    "torch.nn.utils": """
        clip_grads_with_norm_ fuse_conv_bn_eval fuse_conv_bn_weights fuse_linear_bn_eval fuse_linear_bn_weights
        get_total_norm parametrizations parametrize prune remove_spectral_norm remove_weight_norm rnn skip_init
        spectral_norm stateless weight_norm
    """,
    "torch.optim": """
        ASGD Adadelta Adafactor Adagrad Adamax LBFGS Muon NAdam RAdam Rprop SparseAdam swa_utils
    """,
    "torch.optim.lr_scheduler": """
        ChainedScheduler CosineAnnealingWarmRestarts CyclicLR OneCycleLR PolynomialLR SequentialLR
    """,
    "torch.utils": """
        backend_registration benchmark checkpoint cpp_extension deterministic dlpack flop_counter hooks
        mobile_optimizer model_zoo tensorboard throughput_benchmark
    """,
    "torch.utils.data": """
        ChainDataset DFIterDataPipe DataChunk DistributedSampler IterDataPipe MapDataPipe StackDataset
        get_worker_info
    """,
    "torch.testing": """
        assert_allclose make_tensor
    """,
    "torch.cuda": """
        Event Stream amp get_device_capability get_device_properties get_rng_state ipc_collect is_bf16_supported
        max_memory_allocated mem_get_info memory_allocated memory_reserved memory_summary
        reset_peak_memory_stats set_device set_rng_state stream
    """,
    "torch.backends": """
        cpu cuda mkl mkldnn openmp opt_einsum quantized
    """,
    "torch.backends.cudnn": """
        allow_tf32 benchmark_limit version
    """,
    "torch.accelerator": """
        current_device_index set_device_index synchronize
    """,
    "torch.func": """
        debug_unwrap functionalize linearize stack_module_state
    """,
    "torch.autograd": """
        forward_ad graph profiler
    """,
}


def spread(reasons: Mapping[str, str]) -> dict[str, str]:
    """Return the reason for each name."""
    return {name: reason for reason, names in reasons.items() for name in names.split()}


INSTEAD = spread(REASONS) | {name: f"write {code} for {call}" for name, (call, code) in WRITE.items()}
INSTEAD_IN = {
    module: spread(REASONS_IN.get(module, {}))
    | {name: f"write {code} for {call}" for name, (call, code) in WRITE_IN.get(module, {}).items()}
    for module in dict.fromkeys([*REASONS_IN, *WRITE_IN])
}


LEAVES_OUT = "minigrad leaves it out"


def missing(where: str, name: str, holder: Any, module: str = "") -> AttributeError:
    """Return the error for a name that is not here; Python itself adds a similar name, if there is one.

    module: PyTorch's module that was asked for the name; left out for a tensor.
    """
    instead, further = INSTEAD_IN.get(module, {}), frozenset(NAMES_IN.get(module, "").split())
    known = name
    if module in ("", "torch"):
        instead, further = INSTEAD, FURTHER | further
        known = name if name in instead or name in further else name.rstrip("_")
    told = f"{where} has no attribute {name!r}"
    if known in instead:
        told += f" here, {LEAVES_OUT}: {instead[known]}"
    elif known in further:
        told += f" here: {LEAVES_OUT}"
    return AttributeError(told, name=name, obj=holder)


def imports_from(frame: FrameType) -> bool:
    """Return True for code that is at `from module import name`."""
    return frame.f_lasti >= 0 and frame.f_code.co_code[frame.f_lasti] == opcode.opmap["IMPORT_FROM"]


def front(module: str, later: Mapping[str, Callable[[str], Any]] | None = None) -> tuple[Callable, Callable]:
    """Return the `__getattr__` and the `__dir__` of one of our modules, which shows what its `__all__` lists.

    later: what is loaded when it is first asked for.
    """
    in_pytorch = "torch" + module.removeprefix("minigrad")

    def __getattr__(name: str) -> Any:
        if later and name in later:
            return later[name](name)
        error = missing(f"module '{in_pytorch}'", name, sys.modules[module], in_pytorch)
        if LEAVES_OUT in str(error) and imports_from(sys._getframe(1)):
            raise ImportError(str(error), name=in_pytorch)  # Python would replace the other by one without our words
        raise error

    def __dir__() -> list[str]:
        return sorted(sys.modules[module].__all__)

    return __getattr__, __dir__


class LeftOut:
    """A stand-in for a method that is left out.  (`__getattr__` would make every attribute slow.)"""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, tensor, owner):
        raise missing("'Tensor' object", self.name, owner if tensor is None else tensor)


def _dir(tensor) -> list[str]:
    return [name for name in object.__dir__(tensor) if not isinstance(vars(Tensor).get(name), LeftOut)]


for name in {*INSTEAD, *FURTHER}:
    for each in (name, name + "_"):
        if not hasattr(Tensor, each):
            setattr(Tensor, each, LeftOut(each))
_Tensor: Any = Tensor  # for a type checker
_Tensor.__dir__ = _dir
