"""What PyTorch has and minigrad leaves out, with what to write instead.

A name that PyTorch does not have either is a typo, for which Python itself suggests another.
"""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from ..engine.tensor import Tensor

ONE_DEVICE = "there is only one device, the CPU: leave it out"
TYPES = "there are float32, float64, int64 and bool"

INSTEAD = {
    # the same by another name
    "true_divide": "write div", "positive": "use the tensor itself",
    "clamp_min": "write clamp(min=…)", "clamp_max": "write clamp(max=…)",
    "vdot": "write dot", "asarray": "write as_tensor", "scalar_tensor": "write tensor",
    "element_size": "write dtype.itemsize",

    # made of what is there
    "logit": "write (x / (1 - x)).log()",
    "lerp": "write x + weight * (y - x)", "addcmul": "write x + value * a * b", "addcdiv": "write x + value * a / b",
    "addmm": "write c + a @ b", "addmv": "write c + a @ b", "baddbmm": "write c + a @ b",
    "tensordot": "write it with reshape and @",
    "dist": "write (x - y).norm(p)", "diagonal": "write x[range(n), range(n)]",
    "nansum": "write x[~x.isnan()].sum()", "nanmean": "write x[~x.isnan()].mean()",
    "var_mean": "write x.var(), x.mean()", "std_mean": "write x.std(), x.mean()",
    "argwhere": "write torch.where(x)",
    "take": "write x.flatten()[indices]", "unflatten": "write reshape",
    "linalg": "use x.norm() and @",
    "is_nonzero": "write bool(x)", "dropout": "write F.dropout, of torch.nn.functional",
    # without a counterpart
    "half": TYPES, "float16": TYPES, "bfloat16": TYPES, "short": TYPES,
    "int8": TYPES, "int16": TYPES, "complex64": TYPES, "complex128": TYPES, "char": TYPES, "byte": TYPES,
    "vmap": "loop over the first dimension, or write the operation for the whole batch",
    "compile": "call the function as it is", "jit": "call the function as it is",
}  # fmt: skip

NAMES = """
addr aminmax angle atleast_1d bucketize cartesian_prod cdist celu cholesky combinations conj conv1d conv2d conv3d
corrcoef cov det diagflat distributed distributions eig embedding erfinv fft finfo fmax fmin from_dlpack frombuffer
gcd gradient group_norm heaviside histc iinfo imag index_add index_copy index_fill instance_norm inverse isin kron
kthvalue layer_norm lcm lgamma logcumsumexp logdet logspace lstsq lu masked_scatter matrix_exp matrix_power max_pool1d
max_pool2d median mode msort multiprocessing nanmedian nanquantile new pinverse poisson polar prelu profiler qr
quantile range real renorm rot90 selu sgn signbit sinc slogdet solve sparse special stft storage stride sum_to_size
svd threshold to_dense unfold unique_consecutive untyped_storage use_deterministic_algorithms vander xlogy
"""
FURTHER = frozenset(NAMES.split())

# The same for the modules, under PyTorch's names for them.
INSTEAD_IN = {
    "torch.nn": {
 "Buffer": "write register_buffer",
        "ModuleDict": "write add_module",
        "ParameterList": "write register_parameter", "Unflatten": "write reshape",
    },
    "torch.nn.functional": {

        "elu": "write torch.where(x > 0, x, x.exp() - 1)",
        "normalize": "write x / x.norm(dim=1, keepdim=True)", "silu": "write x * x.sigmoid()",
        "logsigmoid": "write -F.softplus(-x)", "softmin": "write F.softmax(-x, dim)",
    },
    "torch.nn.init": {
        name: f"write {name}_" for name in
        ("constant", "kaiming_normal", "kaiming_uniform", "normal", "uniform", "xavier_normal", "xavier_uniform")
    },
    "torch.nn.utils": {
        "clip_grad_norm": "write clip_grad_norm_",

    },
    "torch.func": {
        "vmap": "loop over the first dimension and stack the results, or write the operation for the whole batch",
    },
}  # fmt: skip
NAMES_IN = {
    "torch": """
        amp are_deterministic_algorithms_enabled autocast block_diag can_cast channels_last column_stack
        contiguous_format cpu dsplit dstack get_num_threads hsplit hub is_complex
        is_inference_mode_enabled layout library mps overrides package preserve_format promote_types result_type
       seed select_scatter set_float32_matmul_precision set_num_threads slice_scatter
        split_with_sizes strided tensor_split typename version vsplit
    """,
    "torch.nn": """
        AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveLogSoftmaxWithLoss AdaptiveMaxPool1d
        AdaptiveMaxPool2d AdaptiveMaxPool3d AlphaDropout AvgPool1d AvgPool2d AvgPool3d BatchNorm2d BatchNorm3d
        Bilinear Buffer CELU CTCLoss ChannelShuffle CircularPad1d CircularPad2d CircularPad3d ConstantPad1d
        ConstantPad2d ConstantPad3d Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d
        CosineEmbeddingLoss CosineSimilarity CrossMapLRN2d DataParallel Dropout1d Dropout2d Dropout3d ELU EmbeddingBag
        FeatureAlphaDropout Fold FractionalMaxPool2d FractionalMaxPool3d GELU GLU GRU GRUCell GaussianNLLLoss
        GroupNorm Hardshrink Hardsigmoid Hardswish Hardtanh HingeEmbeddingLoss InstanceNorm1d InstanceNorm2d
        InstanceNorm3d KLDivLoss LPPool1d LPPool2d LPPool3d LSTM LSTMCell LazyBatchNorm1d LazyBatchNorm2d
        LazyBatchNorm3d LazyConv1d LazyConv2d LazyConv3d LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d
        LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d LazyLinear LinearCrossEntropyLoss LocalResponseNorm
        LogSigmoid MarginRankingLoss MaxPool1d MaxPool2d MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d Mish ModuleDict
        MultiLabelMarginLoss MultiLabelSoftMarginLoss MultiMarginLoss MultiheadAttention PReLU PairwiseDistance
        ParameterDict ParameterList PixelShuffle PixelUnshuffle PoissonNLLLoss RMSNorm RNN RNNBase RNNCell RNNCellBase
        RReLU ReLU6 ReflectionPad1d ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d
        SELU SiLU SoftMarginLoss Softmax2d Softmin Softshrink Softsign SyncBatchNorm Tanhshrink Threshold Transformer
        TransformerDecoder TransformerDecoderLayer TransformerEncoder TransformerEncoderLayer TripletMarginLoss
        TripletMarginWithDistanceLoss Unflatten Unfold UninitializedBuffer UninitializedParameter Upsample
        UpsamplingBilinear2d UpsamplingNearest2d ZeroPad1d ZeroPad2d ZeroPad3d grad
    """,
    "torch.nn.functional": """
        adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d
        adaptive_max_pool1d_with_indices adaptive_max_pool2d adaptive_max_pool2d_with_indices adaptive_max_pool3d
        adaptive_max_pool3d_with_indices affine_grid alpha_dropout avg_pool1d avg_pool2d avg_pool3d bilinear celu
        celu_ channel_shuffle conv1d conv2d conv3d conv_tbc conv_transpose1d conv_transpose2d conv_transpose3d
        cosine_embedding_loss cosine_similarity ctc_loss dropout1d dropout2d dropout3d elu elu_ embedding_bag
        feature_alpha_dropout fold fractional_max_pool2d fractional_max_pool2d_with_indices fractional_max_pool3d
        fractional_max_pool3d_with_indices gaussian_nll_loss gelu glu grad grid_sample group_norm gumbel_softmax
        hardshrink hardsigmoid hardswish hardtanh hardtanh_ hinge_embedding_loss instance_norm interpolate kl_div
        leaky_relu_ linear_cross_entropy local_response_norm logsigmoid lp_pool1d lp_pool2d lp_pool3d
        margin_ranking_loss max_pool1d max_pool1d_with_indices max_pool2d max_pool2d_with_indices max_pool3d
        max_pool3d_with_indices max_unpool1d max_unpool2d max_unpool3d mish multi_head_attention_forward
        multi_margin_loss multilabel_margin_loss multilabel_soft_margin_loss normalize pairwise_distance pdist
        pixel_shuffle pixel_unshuffle poisson_nll_loss prelu relu6 rms_norm rrelu rrelu_ scaled_dot_product_attention
        selu selu_ silu soft_margin_loss softmin softshrink softsign tanhshrink threshold threshold_
        triplet_margin_loss triplet_margin_with_distance_loss unfold upsample upsample_bilinear upsample_nearest
    """,
    "torch.nn.init": """
        constant dirac dirac_ eye eye_ kaiming_normal kaiming_uniform normal orthogonal orthogonal_ sparse sparse_
        trunc_normal_ uniform xavier_normal xavier_uniform
    """,
    "torch.nn.utils": """
        clip_grad_norm clip_grads_with_norm_ fuse_conv_bn_eval fuse_conv_bn_weights fuse_linear_bn_eval
        fuse_linear_bn_weights get_total_norm parametrizations parametrize prune remove_spectral_norm
        remove_weight_norm rnn skip_init spectral_norm stateless weight_norm
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
        ChainDataset DFIterDataPipe DataChunk DistributedSampler IterDataPipe MapDataPipe StackDataset get_worker_info
    """,
    "torch.testing": """
        assert_allclose make_tensor
    """,
    "torch.cuda": """
        Event Stream amp get_device_capability get_device_properties get_rng_state ipc_collect is_bf16_supported
        max_memory_allocated mem_get_info memory_allocated memory_reserved memory_summary reset_peak_memory_stats
        set_device set_rng_state stream
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
        debug_unwrap functionalize linearize stack_module_state vmap
    """,
    "torch.autograd": """
        forward_ad graph profiler
    """,
}


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
        told += f" here, minigrad leaves it out: {instead[known]}"
    elif known in further:
        told += " here: minigrad leaves it out"
    return AttributeError(told, name=name, obj=holder)


def front(module: str, later: Mapping[str, Callable[[str], Any]] | None = None) -> tuple[Callable, Callable]:
    """Return the `__getattr__` and the `__dir__` of one of our modules, which shows what its `__all__` lists.

    later: what is loaded when it is first asked for.
    """
    in_pytorch = "torch" + module.removeprefix("minigrad")

    def __getattr__(name: str) -> Any:
        if later and name in later:
            return later[name](name)
        raise missing(f"module '{in_pytorch}'", name, sys.modules[module], in_pytorch)

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
