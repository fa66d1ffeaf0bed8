"""Words that the course avoids, since it has another one for the same thing."""

import re

# One word for one thing: node, requires grad, path, forward pass and backward pass.
OTHER_WORDS = re.compile(
    r"\b(receipts?|(un)?tracked|tracking|watch(ed|es)?|unwatched|flagged)\b"
    r"|\b(the|a|no|one|single|every|which|more|many|\d+) ways? (back|leads?|through|ends?|forks?|goes|went|stopped)\b"
    r"|\bon (the|its) way (back|forward|to)\b|\bthe way forward\b|\bhow many ways\b",
    re.IGNORECASE,
)
