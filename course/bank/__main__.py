"""Print a lesson's questions, for two seeds each, with the truth and the wrong answers that are met.

python -m course.bank 06        lesson 06
python -m course.bank 06 5      five seeds each
"""

import argparse

import minigrad
from course.bank import lessons
from course.bank.cards import Asked


def main() -> None:
    """Print the questions of the lesson named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lesson", type=int)
    parser.add_argument("seeds", type=int, nargs="?", default=2)
    chosen = parser.parse_args()
    for bank in lessons():
        for generator in bank.generators if bank.number == chosen.lesson else []:
            print(f"== {generator.name}{f' (tells apart: {generator.pair})' if generator.pair else ''}\n")
            for seed in range(chosen.seeds):
                question = generator.draw(seed, minigrad)
                print(Asked(seed + 1, generator, question).text())
                print(f"   → {question.kind.write(question.truth)}   {question.because}")
                for value, reason in question.wrong:
                    print(f"   ✗ {question.kind.write(value)}   {reason}")
                print()


if __name__ == "__main__":
    main()
