"""Reverse-mode automatic differentiation on NumPy with PyTorch's interface."""
