"""How many examples a test of Hypothesis draws."""

from hypothesis import settings


def examples(number: int) -> int:
    """So many, and ten times as many with `--hypothesis-profile=thorough`."""
    return number * settings().max_examples // 100  # which is 100 in the profile that tests/conftest.py loads
