"""Plots of an evaluation as SVG to stand inside a page: the same figures give the same bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from indexer.calibration import Calibration, RiskCoverage
from indexer.metrics import language_group, optional

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito's colours, told apart by colour-blind readers too
COLOURS = {"en": "#0072b2", "installed": "#009e73", "not_installed": "#e69f00"}
NAMES = {"en": "English", "installed": "installed", "not_installed": "not installed"}
_GREY = "#777777"
_STYLE = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.fonttype": "none",  # text stays text: it can be searched, read aloud and scaled
    "legend.frameon": False,
}


def require_plots() -> None:
    """Errors: InputError where plots can't be drawn."""
    optional("matplotlib")


def languages_svg(by_lang: Mapping[str, Mapping[str, float]], installed: Sequence[str]) -> str:
    """MRR@10 (bar) and success@1 (mark) of each language, English first, the others from the best down."""
    groups = {lang: language_group(lang, installed) for lang in by_lang}
    order = sorted(by_lang, key=lambda lang: (groups[lang] != "en", -by_lang[lang]["mrr@10"], lang))
    places = np.arange(len(order))

    def draw(axes: Axes) -> None:
        for group, colour in COLOURS.items():
            own = [n for n, lang in enumerate(order) if groups[lang] == group]
            if own:
                values = [by_lang[order[n]]["mrr@10"] for n in own]
                axes.barh(places[own], values, color=colour, height=0.7, label=f"MRR@10, {NAMES[group]}")
        firsts = [by_lang[lang]["success@1"] for lang in order]
        axes.plot(firsts, places, "|", color="black", markersize=9, markeredgewidth=1.5, label="success@1")
        axes.set_yticks(places, [f"{lang} ({by_lang[lang]['queries']})" for lang in order])
        axes.invert_yaxis()
        axes.set_xlim(0, 1)

    return _svg("languages", "MRR@10 and success@1 by language", (7.2, 0.8 + 0.22 * len(order)), draw)


def legs_svg(legs: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """MRR@10 of each leg for English, installed and other languages."""
    shown = [group for group in COLOURS if any(group in table for table in legs.values())]

    def draw(axes: Axes) -> None:
        for n, group in enumerate(shown):
            values = [table.get(group, {}).get("mrr@10", 0.0) for table in legs.values()]
            places = np.arange(len(legs)) + (n - (len(shown) - 1) / 2) * 0.26
            bars = axes.bar(places, values, 0.24, color=COLOURS[group], label=NAMES[group])
            axes.bar_label(bars, fmt="%.2f", fontsize=7)
        axes.set_xticks(np.arange(len(legs)), list(legs))
        axes.set_ylim(0, 1.05)
        axes.set_ylabel("MRR@10")

    return _svg("legs", "MRR@10 by leg of the ranking and group of languages", (7.2, 2.8), draw)


def reliability_svg(measured: Calibration) -> str:
    """Share of right answers against mean confidence, in ten bins of equal mass."""
    bins = measured.bins

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], "--", color=_GREY, linewidth=1, label="perfectly calibrated")
        axes.plot(
            [b.confidence for b in bins], [b.share for b in bins], "o-", color=COLOURS["en"], label="here"
        )
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        axes.set_xlabel("mean confidence")
        axes.set_ylabel("share of right answers")

    return _svg("reliability", "Reliability diagram", (3.5, 3.5), draw)


def risk_svg(curve: RiskCoverage, thresholds: Mapping[str, float]) -> str:
    """Share of wrong answers against the share of questions answered; marks at named thresholds that are reached."""

    def draw(axes: Axes) -> None:
        axes.step(curve.coverage, curve.risk, where="post", color=COLOURS["en"], label="risk")
        for name, threshold in thresholds.items():
            reached = np.flatnonzero(curve.threshold >= threshold)
            if len(reached):
                at = reached[-1]
                label = f"{name} ({threshold:.2f})"
                axes.plot(curve.coverage[at], curve.risk[at], "o", color="black", label=label)
        axes.set_xlim(0, 1)
        axes.set_ylim(0, max(0.05, float(curve.risk.max()) * 1.05))
        axes.set_xlabel("coverage: share of questions answered")
        axes.set_ylabel("risk: share of those that are wrong")

    return _svg("risk", "Risk and coverage", (3.5, 3.5), draw)


def _svg(name: str, label: str, inches: tuple[float, float], draw: Callable[[Axes], None]) -> str:
    """An <svg> element with what `draw` draws, its ids its own on a page with others; pyplot's global state stays
    untouched."""
    out = io.StringIO()
    with optional("matplotlib").rc_context({**_STYLE, "svg.hashsalt": name}):
        figure = optional("matplotlib.figure").Figure(figsize=inches, layout="constrained")
        draw(figure.add_subplot())
        figure.legend(loc="outside upper center", ncols=2 if inches[0] > inches[1] else 1)
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(out, format="svg", metadata=nothing)
    text = out.getvalue()
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", text[text.index("<svg") :])
    return text.replace("<svg", f'<svg role="img" aria-label="{escape(label)}"', 1).strip()
