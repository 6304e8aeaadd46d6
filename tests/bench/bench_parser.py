"""Seconds that the parser takes on hostile text of growing size, and the exponent of the growth.

    python tests/bench/bench_parser.py [--max-kb 1024] [name…]

Prints a line for each shape: its seconds at each size, and the exponent k of seconds ~ size^k over the sizes
that take longer than 50 ms. Exit status 1 where k is over 1.1 or 1 MB takes longer than 30 s.
"""

from __future__ import annotations

import argparse
import gc
import math
import sys
import time

from indexer.parse import parse_article

SIZES_KB = (50, 100, 200, 400, 800, 1024)
MAX_EXPONENT = 1.1
MAX_SECONDS = 30.0
UNIT = (
    '<span data-ttu-id="5f0aa-{n}">Kies **Opslaan** en [ga door](https://example.com/a).</span>'
    '<span class="sxs-lookup"><span data-stu-id="5f0aa-{n}">'
    "Select **Save** and [go on](https://example.com/a).</span></span>"
)
OPEN, LOOKUP, SOURCE = '<span data-ttu-id="5f-1">', '<span class="sxs-lookup">', '<span data-stu-id="5f-1">'
SHAPES = {
    "[": "[",
    "![": "![",
    "]": "]",
    "[](": "[](",
    "[a](b ": "[a](b ",
    "[a](<b ": "[a](<b ",
    '[a](b "c ': '[a](b "c ',
    "[a][": "[a][",
    "![a](b": "![a](b",
    "*": "*",
    "**a ": "**a ",
    "*a_ ": "*a_ ",
    "a**b": "a**b",
    "_": "_",
    "~~a": "~~a",
    "> (one line)": "> ",
    ">": ">",
    "> lines": "> a\n",
    ">> growing": None,
    "<span": "<span",
    "<span ": "<span ",
    "</span>": "</span>",
    "<": "<",
    "<a ": "<a ",
    '<a b="': '<a b="',
    "<a b='c ": "<a b='c ",
    "<!--": "<!--",
    "<? ": "<? ",
    "<div>": "<div>",
    "<div>\\n": "<div>\n",
    "<ul><li>": "<ul><li>",
    "<b>x": "<b>x",
    "<a>x</a>": "<a>x</a>",
    "<table><tr><td>": "<table><tr><td>",
    "<pre>": "<pre>",
    "`": "`",
    "` ": "` ",
    "backticks growing": None,
    "```\\n": "```\n",
    "- nested": "- ",
    "- indented": None,
    "1. nested": "1. ",
    "- a lines": "- a\n",
    "* b\\n\\n": "* b\n\n",
    "| one line": "|",
    "| rows": "| a | b |\n",
    "| table": None,
    "| wide table": None,
    "&": "&",
    "&amp;": "&amp;",
    "&#": "&#",
    "{{< ": "{{< ",
    "{{< note >}}\\n": "{{< note >}}\n",
    '{{x("y")}}': '{{x("y")}} ',
    ":::": ":::",
    ":::note\\n": ":::note\n",
    ":::image ": ":::image ",
    "[!INCLUDE ": "[!INCLUDE [",
    "digits lists": "1. a\n2. b\n",
    "9 ": "9 ",
    "Step 1: \\n": "Step 1: a\n\n",
    "a. lines": "a. b\n",
    "\\\\": "\\",
    "blanks": " ",
    "blank lines": "\n",
    "tabs": "\t",
    "a\\n": "a\n",
    "#": "#",
    "# lines": "# a\n",
    "===": "a\n===\n",
    "[a]: b\\n": "[a]: b\n",
    '[a]: b "\\n': '[a]: b "\n',
    "[a\\n": "[a\n",
    "https://": "https://",
    "e + accents": "e" + "\u0301" * 30,
    "whole units": None,
    "whole units, one line": None,
    "units never closed": '<span data-ttu-id="5f-103">a ',
    "units cut before the source": '<span data-ttu-id="5f-103">a</span><span class="sxs-lookup">',
    "sources alone": '<span class="sxs-lookup"><span data-stu-id="5f-103">a',
    "units, one id, no end": f"{OPEN}a</span>{LOOKUP}{SOURCE}b ",
    "units, other ids": f"{OPEN}a</span>{LOOKUP}{SOURCE}b</span></span>".replace(
        'stu-id="5f-1', 'stu-id="5f-2'
    ),
    "units, encoded quotes": f"{OPEN}a</span>{LOOKUP}{SOURCE}b</span></span>".replace('"', "&quot;"),
    "nested units": None,
    "units in link targets": None,
    "units in a comment": None,
    "p-units": None,
    "one unit of [": None,
    "one unit of **a ": None,
    "front matter of [": None,
    "front matter of a: ": None,
}


def text_of(name: str, size: int) -> str:
    """About `size` characters of a shape."""
    piece = SHAPES[name]
    if piece is not None:
        return piece * (size // len(piece))
    match name:
        case ">> growing":
            return fill(size, lambda n: ">" * (n % 500) + " a\n")
        case "backticks growing":
            return fill(size, lambda n: "`" * n + " ")
        case "- indented":
            return fill(size, lambda n: "  " * (n % 200) + "- a\n")
        case "| table":
            return "| a | b |\n|-|-|\n" + "| c | d |\n" * (size // 10)
        case "| wide table":
            columns = size // 6
            return "|" + "a|" * columns + "\n|" + "-|" * columns + "\n|" + "b|" * columns + "\n"
        case "whole units":
            return fill(size, lambda n: f"- {UNIT.format(n=n + 101)}\n")
        case "whole units, one line":
            return fill(size, lambda n: UNIT.format(n=n + 101) + " ")
        case "nested units":
            opens = size // 120
            start = "".join(f'<span data-ttu-id="5f-{n}">a' for n in range(opens))
            lookup = '</span><span class="sxs-lookup"><span data-stu-id="5f-{}">b</span></span>'
            return start + "".join(lookup.format(n) for n in reversed(range(opens)))
        case "units in link targets":
            return fill(size, lambda n: f"[a]({UNIT.format(n=n + 101)})\n\n|x|\n|-|\n|y|\n\n")
        case "units in a comment":
            return "<!-- " + fill(size, lambda n: UNIT.format(n=n + 101)) + " -->"
        case "p-units":
            return fill(size, lambda n: UNIT.format(n=f"p{n + 101}") + " ")
        case "one unit of [":
            return UNIT.format(n=101).replace("Kies", "[" * size)
        case "one unit of **a ":
            return UNIT.format(n=101).replace("Kies", "**a " * (size // 4))
        case "front matter of [":
            return "---\n" + "[" * size + "\n---\n"
        case "front matter of a: ":
            return "---\n" + "a: b\n" * (size // 5) + "---\n"
    raise KeyError(name)


def fill(size: int, piece: object) -> str:
    parts: list[str] = []
    length = 0
    while length < size:
        parts.append(piece(len(parts)))  # type: ignore[operator]
        length += len(parts[-1])
    return "".join(parts)


def seconds(text: str) -> float:
    """Processor time of the better of two runs."""
    best = math.inf
    for _ in range(2):
        gc.collect()
        start = time.process_time()
        parse_article(text, "a", "nl-NL")
        best = min(best, time.process_time() - start)
    return best


def exponent(points: list[tuple[int, float]]) -> float | None:
    """Slope of log seconds over log size by least squares; None where the sizes span less than four times."""
    if not points or points[-1][0] < 4 * points[0][0]:
        return None
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="shapes to measure (default: all)")
    parser.add_argument("--max-kb", type=int, default=SIZES_KB[-1])
    options = parser.parse_args()
    failed: list[str] = []
    sizes = [kb for kb in SIZES_KB if kb <= options.max_kb]
    print(f"{'shape':28}" + "".join(f"{kb:>8} kB" for kb in sizes) + f"{'exponent':>10}")
    for name in options.names or SHAPES:
        times: list[tuple[int, float]] = []
        for kb in sizes:
            times.append((kb, seconds(text_of(name, kb * 1024))))
            if times[-1][1] > 2 * MAX_SECONDS:
                break
        slope = exponent([(kb, t) for kb, t in times if t > 0.05])
        bad = times[-1][1] > MAX_SECONDS or (slope is not None and slope > MAX_EXPONENT)
        failed += [name] if bad else []
        figures = "".join(f"{t:>11.3f}" for _, t in times)
        print(
            f"{name:28}{figures}{'' if slope is None else f'{slope:10.2f}'}{'  <<<' if bad else ''}",
            flush=True,
        )
    print(f"{len(failed)} of {len(options.names or SHAPES)} too slow: {failed}" if failed else "all linear")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
