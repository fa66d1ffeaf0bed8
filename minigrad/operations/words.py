"""The words for operations: what neither a row nor a function made for several operations says.

For each name a sentence that says what it does, an example, what PyTorch prints for it, and further lines.  An example
is the arguments of a call, where a list stands for the tensor of its values, or a whole line.  `described` turns
these words into docstrings, and an operation without words here is described by its row alone.
"""


class Words:
    """What is said of one operation."""

    __slots__ = ("example", "lines", "result", "sentence")

    def __init__(self, sentence: str, example: tuple[str, ...] | str, result: str, *lines: str) -> None:
        self.sentence, self.example, self.result, self.lines = sentence, example, result, lines


BROADCAST = "Shapes: two that can be broadcast; the result has the broadcast shape."
SAME = "Shapes: any; the result has that of the input."
NO_GRADIENT = "Gradient: none flows through it."
OR_ITSELF = "Shapes: any; the result has that of the tensor, and is the tensor itself where it is of this type."
NO_BOOLS = "Errors: NotImplementedError for truth values."
NO_FLOATS = "Errors: NotImplementedError for floating point."
MAKER = (
    "size: ints, or one tuple or list of them; dtype: float32 unless it, or set_default_dtype, says otherwise.",
    "Errors: RuntimeError for a negative size, for requires_grad=True with anything but floating point, and where "
    "there is no memory; TypeError for a size that is not an int.",
)
LIKE = (
    "dtype: another type; requires_grad: whether the result requires grad.",
    "Errors: TypeError for anything but a tensor, RuntimeError for requires_grad=True without floating point.",
)
NEW = ("dtype: another type; the rest as in the function of the same name without `new_`.",)

# fmt: off
WORDS = {
    # --- arithmetic
    "add": Words(
        "Add two tensors, or a tensor and a number, element by element.",
        ("[1., 2.]", "[3., 4.]"), "tensor([4., 6.])",
        "alpha: a number by which other is multiplied first.",
        BROADCAST,
        "Errors: RuntimeError for shapes that cannot be broadcast, and for a float alpha with whole numbers.",
        "Gradient: the input receives g, other receives g * alpha, summed over what was broadcast.",
    ),
    "sub": Words(
        "Subtract other from the input, element by element.",
        ("[5., 7.]", "[1., 2.]"), "tensor([4., 5.])",
        "alpha: a number by which other is multiplied first.",
        BROADCAST,
        "Errors: NotImplementedError for truth values, RuntimeError for shapes that cannot be broadcast, and for a "
        "float alpha with whole numbers.",
        "Gradient: the input receives g, other receives -g * alpha, summed over what was broadcast.",
    ),
    "mul": Words(
        "Multiply two tensors, or a tensor and a number, element by element.",
        ("[1., 2.]", "[3., 4.]"), "tensor([3., 8.])",
    ),
    "div": Words(
        "Divide the input by other, element by element.",
        ("[1., 6.]", "[2., 4.]"), "tensor([0.5000, 1.5000])",
        'rounding_mode: None, "floor" to round down, "trunc" to round towards 0; without one, whole numbers give '
        "floating point.",
        BROADCAST,
        "Errors: RuntimeError for shapes that cannot be broadcast, and for another rounding_mode.",
        "Gradient: the input receives g / other, other receives -g * input / other²; with a rounding_mode both "
        "receive 0.",
    ),
    "neg": Words(
        "Change the sign of each element.",
        ("[1., -2.]",), "tensor([-1.,  2.])",
        NO_BOOLS,
    ),
    "reciprocal": Words(
        "Compute 1 / x for each element x.",
        ("[1., 2., 4.]",), "tensor([1.0000, 0.5000, 0.2500])",
    ),
    "pow": Words(
        "Raise the input to the power of exponent, element by element.",
        ("[1., 2., 3.]", "2"), "tensor([1., 4., 9.])",
        "input, exponent: tensors or numbers, at least one of them a tensor.",
        BROADCAST,
        "Errors: RuntimeError for whole numbers to a negative whole number, and for shapes that cannot be broadcast.",
        "Gradient: the input receives g * exponent * input ** (exponent - 1), 0 where the exponent is 0; a tensor of "
        "exponents receives g * result * log(input), 0 where the input is 0 and the exponent is not negative.",
    ),
    "square": Words(
        "Square each element.",
        ("[1., -2., 3.]",), "tensor([1., 4., 9.])",
        SAME,
        "Errors: TypeError for anything but a tensor.",
        "Gradient: the input receives g * 2 * input.",
    ),
    "floor_divide": Words(
        "Divide the input by other and round down, as Python's // does.",
        ("[7., -7.]", "2"), "tensor([ 3., -4.])",
        BROADCAST,
        "Errors: RuntimeError for shapes that cannot be broadcast and for whole numbers divided by 0.",
        "Gradient: none; RuntimeError in the backward pass, as the derivative is 0 wherever it exists: call "
        ".detach() first.",
    ),
    "remainder": Words(
        "Compute the remainder of the input divided by other, with the sign of other, as Python's % does.",
        ("[7., -7.]", "4"), "tensor([3., 1.])",
        BROADCAST,
        "Errors: RuntimeError for shapes that cannot be broadcast and for whole numbers divided by 0.",
        "Gradient: the input receives g, a tensor other receives -g times the quotient rounded down.",
    ),
    # --- elementary functions
    "exp2": Words("Compute 2 to the power of each element.", ("[0., 1., 3.]",), "tensor([1., 2., 8.])"),
    "expm1": Words(
        "Compute eˣ - 1 of each element, without loss of digits near 0.",
        ("[0., 1.]",), "tensor([0.0000, 1.7183])",
    ),
    "log2": Words("Compute the logarithm of each element to base 2.", ("[1., 2., 8.]",), "tensor([0., 1., 3.])"),
    "log10": Words("Compute the logarithm of each element to base 10.", ("[1., 10.]",), "tensor([0., 1.])"),
    "rsqrt": Words("Compute 1 / √x of each element.", ("[1., 4., 16.]",), "tensor([1.0000, 0.5000, 0.2500])"),
    "asin": Words(
        "Compute the angle, in radians, whose sine is each element.", ("[0., 1.]",), "tensor([0.0000, 1.5708])"
    ),
    "acos": Words(
        "Compute the angle, in radians, whose cosine is each element.", ("[1., 0.]",), "tensor([0.0000, 1.5708])"
    ),
    "atan": Words(
        "Compute the angle, in radians, whose tangent is each element.", ("[0., 1.]",), "tensor([0.0000, 0.7854])"
    ),
    "asinh": Words(
        "Compute the number whose hyperbolic sine is each element.", ("[0., 1.]",), "tensor([0.0000, 0.8814])"
    ),
    "acosh": Words(
        "Compute the number whose hyperbolic cosine is each element.", ("[1., 2.]",), "tensor([0.0000, 1.3170])"
    ),
    "atanh": Words(
        "Compute the number whose hyperbolic tangent is each element.", ("[0., 0.5]",), "tensor([0.0000, 0.5493])"
    ),
    "erf": Words(
        "Compute the error function 2/√π ∫₀ˣ exp(-t²) dt of each element, a number between -1 and 1.",
        ("[0., 1.]",), "tensor([0.0000, 0.8427])",
        "Note: SLOPE_OF_ERF is 2/√π.",
    ),
    "erfc": Words(
        "Compute 1 - erf(x) of each element, accurately also where it is tiny.",
        ("[0., 1.]",), "tensor([1.0000, 0.1573])",
        "Note: SLOPE_OF_ERF is 2/√π.",
    ),
    "deg2rad": Words(
        "Convert degrees to radians.", ("[0., 180.]",), "tensor([0.0000, 3.1416])", "Note: RADIANS is π / 180."
    ),
    "rad2deg": Words(
        "Convert radians to degrees.", ("[0., 1.]",), "tensor([ 0.0000, 57.2958])", "Note: RADIANS is π / 180."
    ),
    "frac": Words(
        "Keep the fractional part of each element, with its sign.",
        ("[1.5, -1.5]",), "tensor([ 0.5000, -0.5000])",
        "Errors: NotImplementedError for anything but floating point.",
    ),
    "atan2": Words(
        "Compute the angle, in radians, of the point whose ordinate is the input and whose abscissa is other.",
        ("[1., -1.]", "[1., -1.]"), "tensor([ 0.7854, -2.3562])",
    ),
    "hypot": Words(
        "Compute √(x² + y²) of two tensors, element by element, without overflow.",
        ("[3., 0.]", "[4., 2.]"), "tensor([5., 2.])",
        "Errors: NotImplementedError for anything but floating point.",
    ),
    "logaddexp": Words(
        "Compute log(exp(x) + exp(y)) of two tensors, element by element, without overflow.",
        ("[0., 1000.]", "[0., 1000.]"), "tensor([6.9315e-01, 1.0007e+03])",
        "Errors: NotImplementedError for anything but floating point.",
    ),
    "copysign": Words(
        "Return the absolute value of each element with the sign of other, a tensor or a number.",
        ("[1., -2.]", "-1"), "tensor([-1., -2.])",
        BROADCAST,
        "Errors: RuntimeError for shapes that cannot be broadcast.",
        "Gradient: the input receives g where its sign stayed, -g where it changed, and 0 where it is 0; other "
        "receives 0.",
    ),
    "fmod": Words(
        "Compute the remainder of the input divided by other, with the sign of the input, as C's fmod does.",
        ("[7., -7.]", "4"), "tensor([ 3., -3.])",
        "other: a tensor or a number.",
        BROADCAST,
        "Errors: RuntimeError for shapes that cannot be broadcast and for whole numbers divided by 0.",
        "Gradient: the input receives g, a tensor other receives -g times the quotient rounded towards 0.",
    ),
    "nan_to_num": Words(
        "Replace nan, inf and -inf by numbers.",
        ("[1., float('nan')]",), "tensor([1., 0.])",
        "nan, posinf, neginf: what to put in their place; 0, and the largest and the smallest number of the type, "
        "unless given.",
        SAME,
        "Gradient: the input receives g where it is finite, and 0 elsewhere.",
    ),
    "sinh": Words("Compute the hyperbolic sine of each element.", ("[0., 1.]",), "tensor([0.0000, 1.1752])"),
    "cosh": Words("Compute the hyperbolic cosine of each element.", ("[0., 1.]",), "tensor([1.0000, 1.5431])"),
    "exp": Words(
        "Compute e to the power of each element.",
        ("[0., 1.]",), "tensor([1.0000, 2.7183])",
    ),
    "log": Words(
        "Compute the natural logarithm of each element.",
        ("[1., 10.]",), "tensor([0.0000, 2.3026])",
        "0 gives -inf, a negative number nan.",
    ),
    "log1p": Words(
        "Compute log(1 + x) for each element x, accurately also where x is tiny.",
        ("[0., 1.]",), "tensor([0.0000, 0.6931])",
    ),
    "sqrt": Words(
        "Compute the square root of each element.",
        ("[4., 2.]",), "tensor([2.0000, 1.4142])",
        "A negative number gives nan.",
    ),
    "sin": Words(
        "Compute the sine of each element, an angle in radians.",
        ("[0., 1.]",), "tensor([0.0000, 0.8415])",
    ),
    "cos": Words(
        "Compute the cosine of each element, an angle in radians.",
        ("[0., 1.]",), "tensor([1.0000, 0.5403])",
    ),
    "tan": Words(
        "Compute the tangent of each element, an angle in radians.",
        ("[0., 1.]",), "tensor([0.0000, 1.5574])",
    ),
    "tanh": Words(
        "Compute the hyperbolic tangent of each element, a number between -1 and 1.",
        ("[0., 1.]",), "tensor([0.0000, 0.7616])",
    ),
    "sigmoid": Words(
        "Compute 1 / (1 + exp(-x)) for each element x, a number between 0 and 1.",
        ("[0., 1.]",), "tensor([0.5000, 0.7311])",
    ),
    "relu": Words(
        "Replace each negative element by 0.",
        ("[-1., 0., 2.]",), "tensor([0., 0., 2.])",
        "Note: gate(g, ans) is g where ans is not 0, and 0 elsewhere.",
    ),
    "abs": Words(
        "Compute the absolute value of each element.",
        ("[-1., 0., 2.]",), "tensor([1., 0., 2.])",
    ),
    "sign": Words(
        "Return the sign of each element: -1, 0 or 1.",
        ("[-3., 0., 2.]",), "tensor([-1.,  0.,  1.])",
    ),
    # --- whole numbers
    "floor": Words(
        "Round each element down to a whole number.",
        ("[1.5, -1.5]",), "tensor([ 1., -2.])",
        NO_BOOLS,
    ),
    "ceil": Words(
        "Round each element up to a whole number.",
        ("[1.5, -1.5]",), "tensor([ 2., -1.])",
        NO_BOOLS,
    ),
    "trunc": Words(
        "Round each element to a whole number towards 0.",
        ("[1.5, -1.5]",), "tensor([ 1., -1.])",
        NO_BOOLS,
    ),
    "round": Words(
        "Round each element to the nearest whole number, halves to the even one.",
        ("[0.5, 1.5, 1.7]",), "tensor([0., 2., 2.])",
        "decimals: how many digits after the point to keep; before it, where negative.",
        SAME,
        "Errors: NotImplementedError for truth values, and for decimals of whole numbers.",
        "Gradient: the input receives 0.",
    ),
    # --- comparison and logic
    "eq": Words(
        "Return True where the two are equal, and False elsewhere.",
        ("[1., 2.]", "[1., 3.]"), "tensor([ True, False])",
    ),
    "ne": Words(
        "Return True where the two differ, and False elsewhere.",
        ("[1., 2.]", "[1., 3.]"), "tensor([False,  True])",
    ),
    "lt": Words(
        "Return True where the input is less than other.",
        ("[1., 2.]", "[1., 3.]"), "tensor([False,  True])",
    ),
    "le": Words(
        "Return True where the input is less than other, or equal.",
        ("[1., 2.]", "[1., 3.]"), "tensor([True, True])",
    ),
    "gt": Words(
        "Return True where the input is greater than other.",
        ("[1., 4.]", "[1., 3.]"), "tensor([False,  True])",
    ),
    "ge": Words(
        "Return True where the input is greater than other, or equal.",
        ("[1., 2.]", "[1., 3.]"), "tensor([ True, False])",
    ),
    "logical_not": Words(
        "Return True where an element is 0 or False.",
        ("[0., 2.]",), "tensor([ True, False])",
    ),
    "logical_and": Words(
        "Return True where neither of the two is 0 or False.",
        ("[True, True]", "[True, False]"), "tensor([ True, False])",
    ),
    "logical_or": Words(
        "Return True where at least one of the two is not 0 or False.",
        ("[True, False]", "[False, False]"), "tensor([ True, False])",
    ),
    "logical_xor": Words(
        "Return True where exactly one of the two is not 0 or False.",
        ("[True, True]", "[True, False]"), "tensor([False,  True])",
    ),
    "bitwise_and": Words(
        "Return the bits that both whole numbers have; of truth values, whether both are True.",
        ("[6, 5]", "[3, 4]"), "tensor([2, 4])",
        NO_FLOATS,
    ),
    "bitwise_or": Words(
        "Return the bits that either whole number has; of truth values, whether either is True.",
        ("[6, 5]", "[3, 4]"), "tensor([7, 5])",
        NO_FLOATS,
    ),
    "bitwise_xor": Words(
        "Return the bits that exactly one of two whole numbers has; of truth values, whether they differ.",
        ("[6, 5]", "[3, 4]"), "tensor([5, 1])",
        NO_FLOATS,
    ),
    "bitwise_not": Words(
        "Flip every bit of whole numbers, and negate truth values.",
        ("[True, False]",), "tensor([False,  True])",
        NO_FLOATS,
    ),
    "isnan": Words(
        "Return True where an element is nan, which is not a number.",
        ("[1., float('nan')]",), "tensor([False,  True])",
    ),
    "isinf": Words(
        "Return True where an element is inf or -inf.",
        ("[1., float('inf')]",), "tensor([False,  True])",
    ),
    "isfinite": Words(
        "Return True where an element is neither inf nor -inf nor nan.",
        ("[1., float('inf')]",), "tensor([ True, False])",
    ),
    # --- moved
    "scatter": Words(
        "Write elements of src along dim: result[index[i][j]][j] = src[i][j] for dim=0, and so on.",
        ("[1., 2., 3.]", "0", "torch.tensor([2])", "torch.tensor([9.])"), "tensor([1., 2., 9.])",
        "index: int64; src: a tensor at least as large as index, or a number (value=…).",
        SAME,
        "Errors: RuntimeError for another type or shape of index, for one out of bounds, and for two types.",
        "Gradient: the input receives g where nothing was written, src receives g where it was.",
    ),
    "scatter_add": Words(
        "Add elements of src along dim: result[index[i][j]][j] += src[i][j] for dim=0, and so on.",
        ("[1., 2., 3.]", "0", "torch.tensor([2, 2])", "torch.tensor([9., 9.])"), "tensor([ 1.,  2., 21.])",
        "index: int64; src: a tensor at least as large as index.",
        SAME,
        "Errors: RuntimeError for another type or shape of index, for one out of bounds, and for two types.",
        "Gradient: the input receives g, each element of src the g from where it went.",
    ),
    # --- copies
    "clone": Words(
        "Copy the tensor: the same numbers in memory of their own, and still part of the graph.",
        ("[1., 2.]",), "tensor([1., 2.])",
    ),
    # --- choosing
    "clamp": Words(
        "Limit each element to the range from min to max.",
        ("[-1., 0.5, 3.]", "min=0", "max=1"), "tensor([0.0000, 0.5000, 1.0000])",
        "min, max: both numbers, or both tensors that can be broadcast; either may be left out.",
        "Shapes: any; the result has that of the input, broadcast with tensors as bounds.",
        "Errors: RuntimeError without min and max, TypeError for a number beside a tensor as bounds, "
        "NotImplementedError for truth values.",
        "Gradient: the input receives g where it lies between the bounds, and 0 on a bound that is a number; a tensor "
        "of bounds receives g where its bound is taken, half of it where it equals the input, which gets the rest.",
    ),
    "masked_fill": Words(
        "Replace the elements where the mask is True by value.",
        ("[1., 2., 3.]", "[False, True, False]", "0."), "tensor([1., 0., 3.])",
        "mask: a boolean tensor that can be broadcast with the input; value: a number or a 0-d tensor.",
        "Shapes: the result has the broadcast shape of input and mask.",
        "Errors: RuntimeError for a mask of another type, or a shape that cannot be broadcast, and for a value of "
        "several elements.",
        "Gradient: the input receives g where the mask is False, a tensor value the sum of g where it is True.",
    ),
    "max": Words(
        "Find the largest element; with dim, the largest along it and its position.",
        ("[[1., 5.], [7., 2.]]", "dim=1"), "torch.return_types.max(\nvalues=tensor([5., 7.]),\nindices=tensor([1, 0]))",
        "dim: an int, or a tensor, whose elements are then compared with the input's as in maximum; keepdim: keep "
        "dim with size 1.",
        "Shapes: 0-d, or the input's without dim, as a named tuple (values, indices).",
        "Errors: RuntimeError where there is no element at all, IndexError for a dim of size 0 or that the tensor "
        "does not have.",
        "Gradient: the element chosen receives g; without dim, all that tie receive equal shares of it.",
    ),
    "min": Words(
        "Find the smallest element; with dim, the smallest along it and its position.",
        ("[[1., 5.], [7., 2.]]", "dim=1"), "torch.return_types.min(\nvalues=tensor([1., 2.]),\nindices=tensor([0, 1]))",
        "dim: an int, or a tensor, whose elements are then compared with the input's as in minimum; keepdim: keep "
        "dim with size 1.",
        "Shapes: 0-d, or the input's without dim, as a named tuple (values, indices).",
        "Errors: RuntimeError where there is no element at all, IndexError for a dim of size 0 or that the tensor "
        "does not have.",
        "Gradient: the element chosen receives g; without dim, all that tie receive equal shares of it.",
    ),
    "argmax": Words(
        "Find the position of the largest element, the first of equal ones.",
        ("[[1., 5.], [7., 2.]]", "dim=1"), "tensor([1, 0])",
        "dim: along which to look; left out, the elements are counted row after row. keepdim: keep dim with size 1.",
        "Shapes: 0-d, or the input's without dim; int64.",
        "Errors: IndexError where there is no element to choose or no such dim, RuntimeError for truth values.",
        NO_GRADIENT,
    ),
    "argmin": Words(
        "Find the position of the smallest element, the first of equal ones.",
        ("[[1., 5.], [7., 2.]]", "dim=1"), "tensor([0, 1])",
        "dim: along which to look; left out, the elements are counted row after row. keepdim: keep dim with size 1.",
        "Shapes: 0-d, or the input's without dim; int64.",
        "Errors: IndexError where there is no element to choose or no such dim, RuntimeError for truth values.",
        NO_GRADIENT,
    ),
    "amax": Words(
        "Find the largest element along one or several dimensions.",
        ("[[1., 5.], [7., 2.]]", "dim=1"), "tensor([5., 7.])",
        "dim: an int or a tuple of ints; left out, all dimensions. keepdim: keep them with size 1.",
        "Shapes: the input's without the dimensions dim.",
        "Errors: RuntimeError where there is no element at all, IndexError for a dim of size 0 or that the tensor "
        "does not have.",
        "Gradient: the elements that tie receive equal shares of g.",
    ),
    "amin": Words(
        "Find the smallest element along one or several dimensions.",
        ("[[1., 5.], [7., 2.]]", "dim=1"), "tensor([1., 2.])",
        "dim: an int or a tuple of ints; left out, all dimensions. keepdim: keep them with size 1.",
        "Shapes: the input's without the dimensions dim.",
        "Errors: RuntimeError where there is no element at all, IndexError for a dim of size 0 or that the tensor "
        "does not have.",
        "Gradient: the elements that tie receive equal shares of g.",
    ),
    "any": Words(
        "Return True where at least one element is not 0 or False: of all, or of those along dim.",
        ("[[True, False], [False, False]]", "dim=1"), "tensor([ True, False])",
        "dim: an int or a tuple of ints; keepdim: keep them with size 1.",
        "Shapes: 0-d, or the input's without the dimensions dim; bool.",
        "Errors: IndexError for a dim that the tensor does not have.",
        NO_GRADIENT,
    ),
    "all": Words(
        "Return True where no element is 0 or False: of all, or of those along dim.",
        ("[[True, True], [True, False]]", "dim=1"), "tensor([ True, False])",
        "dim: an int or a tuple of ints; keepdim: keep them with size 1.",
        "Shapes: 0-d, or the input's without the dimensions dim; bool.",
        "Errors: IndexError for a dim that the tensor does not have.",
        NO_GRADIENT,
    ),
    # --- statistics
    "var": Words(
        "Compute the variance Σ (x - mean)² / (n - correction), of all elements or of those along dim.",
        ("[1., 2., 3., 4.]",), "tensor(1.6667)",
        "dim: an int or a tuple of ints; keepdim: keep them with size 1; correction: 1 unless given; unbiased=False "
        "means correction=0.",
        "Shapes: 0-d, or the input's without the dimensions dim.",
        "Errors: RuntimeError for anything but floating point; a UserWarning, and nan or inf, where n is not more "
        "than the correction.",
        "Gradient: each element receives g * 2 * (x - mean) / (n - correction).",
    ),
    "std": Words(
        "Compute the standard deviation, the square root of the variance, of all elements or of those along dim.",
        ("[1., 2., 3., 4.]",), "tensor(1.2910)",
        "dim, keepdim, correction, unbiased: as in var.",
        "Shapes: 0-d, or the input's without the dimensions dim.",
        "Errors: RuntimeError for anything but floating point; a UserWarning, and nan or inf, where n is not more "
        "than the correction.",
        "Gradient: each element receives g / std * (x - mean) / (n - correction), 0 where std is 0.",
    ),
    "softmax": Words(
        "Compute exp(x) / Σ exp(x) along dim: positive numbers whose sum is 1.",
        ("[1., 2., 3.]", "dim=0"), "tensor([0.0900, 0.2447, 0.6652])",
        "dtype: a type to convert to first.",
        SAME,
        "Errors: IndexError for a dim that the tensor does not have, NotImplementedError for anything but floating "
        "point.",
        "Gradient: the input receives ans * (g - Σ g * ans), where ans is the result and the sum goes along dim.",
    ),
    "log_softmax": Words(
        "Compute log(softmax(x)) along dim, without overflow and without log(0).",
        ("[1., 2., 3.]", "dim=0"), "tensor([-2.4076, -1.4076, -0.4076])",
        "dtype: a type to convert to first.",
        SAME,
        "Errors: IndexError for a dim that the tensor does not have, NotImplementedError for anything but floating "
        "point.",
        "Gradient: the input receives g - exp(ans) * Σ g, where ans is the result and the sum goes along dim.",
    ),
    # --- shapes
    "squeeze": Words(
        "Leave out the dimensions of size 1: all of them, or those in dim, on the same memory.",
        ">>> torch.squeeze(torch.zeros(1, 3, 1)).shape\ntorch.Size([3])", "",
        "dim: an int or a tuple of ints; one of another size stays.",
        "Shapes: any; the result lacks the dimensions left out.",
        "Errors: IndexError for a dimension that the tensor does not have.",
        "Gradient: the input receives g in its own shape.",
    ),
    "unsqueeze": Words(
        "Insert a dimension of size 1 before dimension dim, on the same memory.",
        ">>> torch.unsqueeze(torch.zeros(3), 0).shape\ntorch.Size([1, 3])", "",
        "dim: from -n - 1 to n for a tensor of n dimensions; n, or -1, puts it last.",
        "Shapes: any; the result has one dimension more, of size 1.",
        "Errors: IndexError for a dim outside that range.",
        "Gradient: the input receives g in its own shape.",
    ),
    # --- bounds and blends
    "clamp_min": Words(
        "Replace what lies below min by min: clamp with one bound, which is required.",
        ("[-1., 2.]", "min=0."), "tensor([0., 2.])",
        "min: a number, or a tensor that can be broadcast.",
        SAME,
        "Errors: TypeError for anything else.",
        "Gradient: the input receives g where it lies above min, and 0 on a min that is a number; a tensor min "
        "receives g elsewhere, and where the two are equal, each receives g / 2.",
    ),
    "clamp_max": Words(
        "Replace what lies above max by max: clamp with one bound, which is required.",
        ("[-1., 2.]", "max=0."), "tensor([-1.,  0.])",
        "max: a number, or a tensor that can be broadcast.",
        SAME,
        "Errors: TypeError for anything else.",
        "Gradient: the input receives g where it lies below max, and 0 on a max that is a number; a tensor max "
        "receives g elsewhere, and where the two are equal, each receives g / 2.",
    ),
    "lerp": Words(
        "Go from input the part weight of the way to end: input + weight * (end - input).",
        ("[0., 10.]", "[4., 20.]", "0.25"), "tensor([ 1.0000, 12.5000])",
        "weight: a number or a tensor.",
        "Shapes: those that can be broadcast; the result has the broadcast shape.",
        "Errors: RuntimeError for two types and for shapes that cannot be broadcast, NotImplementedError for whole "
        "numbers.",
        "Gradient: the input receives g * (1 - weight), end receives g * weight, a tensor weight receives "
        "g * (end - input).",
    ),
    "addcmul": Words(
        "Add value times the product of two tensors to the input.",
        ("[1., 2.]", "[3., 4.]", "[5., 6.]", "value=2"), "tensor([31., 50.])",
        "Shapes: three that can be broadcast; the result has the broadcast shape.",
        "Errors: RuntimeError for shapes that cannot be broadcast, TypeError for anything but tensors, "
        "NotImplementedError for truth values.",
        "Gradient: the input receives g, each of the two g * value times the other.",
    ),
    "addcdiv": Words(
        "Add value times the quotient of two tensors to the input.",
        ("[1., 2.]", "[3., 4.]", "[5., 8.]", "value=2"), "tensor([2.2000, 3.0000])",
        "Shapes: three that can be broadcast; the result has the broadcast shape.",
        "Errors: RuntimeError for shapes that cannot be broadcast and for two tensors of whole numbers, TypeError for "
        "anything but tensors.",
        "Gradient: the input receives g, tensor1 receives g * value / tensor2, tensor2 receives "
        "-g * value * tensor1 / tensor2².",
    ),
    # --- conversion
    "float": Words(
        "Convert the tensor to float32.",
        ("[1, 2]",), "tensor([1., 2.])",
        OR_ITSELF,
        "Gradient: the tensor receives g, in its own type.",
    ),
    "double": Words(
        "Convert the tensor to float64.",
        ("[1., 2.]",), "tensor([1., 2.], dtype=torch.float64)",
        OR_ITSELF,
        "Gradient: the tensor receives g, in its own type.",
    ),
    "long": Words(
        "Convert the tensor to int64, cutting off the fractional part.",
        ("[1.5, -2.5]",), "tensor([ 1, -2])",
        OR_ITSELF,
        "Gradient: none flows through whole numbers.",
    ),
    "int": Words(
        "Convert the tensor to int32, cutting off the fractional part.",
        ("[1.5, -2.5]",), "tensor([ 1, -2], dtype=torch.int32)",
        OR_ITSELF,
        "Gradient: none flows through whole numbers.",
    ),
    "bool": Words(
        "Convert the tensor to truth values: False for 0, True for anything else.",
        ("[0., 2.]",), "tensor([False,  True])",
        OR_ITSELF,
        "Gradient: none flows through truth values.",
    ),
    # --- making tensors
    "zeros": Words(
        "Make a tensor of zeros.",
        ("2", "3"), "tensor([[0., 0., 0.],\n        [0., 0., 0.]])",
        *MAKER,
    ),
    "ones": Words(
        "Make a tensor of ones.",
        ("2", "3"), "tensor([[1., 1., 1.],\n        [1., 1., 1.]])",
        *MAKER,
    ),
    "empty": Words(
        "Make a tensor to be overwritten: its values are arbitrary, here 0.",
        ">>> torch.empty(2, 3).shape\ntorch.Size([2, 3])", "",
        *MAKER,
    ),
    "rand": Words(
        "Draw random numbers, uniform in [0, 1).",
        ">>> torch.rand(2, 3).shape\ntorch.Size([2, 3])", "",
        *MAKER,
        "generator: a Generator to draw from; after the same seed, it gives the numbers that PyTorch's gives.",
    ),
    "randn": Words(
        "Draw random numbers from the normal distribution with mean 0 and variance 1.",
        ">>> torch.randn(2, 3).shape\ntorch.Size([2, 3])", "",
        *MAKER,
        "generator: a Generator to draw from; after the same seed, it gives the numbers that PyTorch's gives.",
    ),
    "zeros_like": Words(
        "Make a tensor of zeros, with the shape and the type of the input.",
        ("[1., 2.]",), "tensor([0., 0.])",
        *LIKE,
    ),
    "ones_like": Words(
        "Make a tensor of ones, with the shape and the type of the input.",
        ("[1., 2.]",), "tensor([1., 1.])",
        *LIKE,
    ),
    "empty_like": Words(
        "Make a tensor to be overwritten, with the shape and the type of the input.",
        ">>> torch.empty_like(torch.ones(2, 3)).shape\ntorch.Size([2, 3])", "",
        *LIKE,
    ),
    "rand_like": Words(
        "Draw random numbers, uniform in [0, 1), in the shape and the type of the input.",
        ">>> torch.rand_like(torch.ones(2, 3)).shape\ntorch.Size([2, 3])", "",
        *LIKE,
    ),
    "randn_like": Words(
        "Draw random numbers with mean 0 and variance 1, normally distributed, in the shape and the type of the input.",
        ">>> torch.randn_like(torch.ones(2, 3)).shape\ntorch.Size([2, 3])", "",
        *LIKE,
    ),
    "new_zeros": Words(
        "Make a tensor of zeros of this tensor's type.",
        ("[1, 2]", "3"), "tensor([0, 0, 0])",
        *NEW,
    ),
    "new_ones": Words(
        "Make a tensor of ones of this tensor's type.",
        ("[1, 2]", "3"), "tensor([1, 1, 1])",
        *NEW,
    ),
    "new_empty": Words(
        "Make a tensor of this tensor's type, to be overwritten.",
        ">>> torch.tensor([1, 2]).new_empty(3).shape\ntorch.Size([3])", "",
        *NEW,
    ),
    "new_full": Words(
        "Make a tensor of this tensor's type with one number everywhere.",
        ("[1, 2]", "(3,)", "7"), "tensor([7, 7, 7])",
        *NEW,
    ),
}
# fmt: on
WORDS["clip"] = WORDS["clamp"]
