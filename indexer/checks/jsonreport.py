"""Findings as JSON, written one after the other."""

from __future__ import annotations

import json
from typing import Any, TextIO

from indexer.checks.finding import Finding
from indexer.checks.run import CheckRun

VERSION = 1


def write_json(run: CheckRun, out: TextIO) -> None:
    """One object: the summary's fields, then `findings`, each on a line of its own (docs/translation-checks.md)."""
    summary = json.dumps(summary_json(run), ensure_ascii=False, indent=1)
    out.write(summary.removesuffix("\n}") + ',\n "findings": [')
    for n, finding in enumerate(run.findings()):
        out.write((",\n  " if n else "\n  ") + json.dumps(finding_json(finding), ensure_ascii=False))
    out.write("\n ]\n}\n")


def summary_json(run: CheckRun) -> dict[str, Any]:
    """Counts of a run: by locale, and there by kind; kinds that were looked for and not found are 0."""
    return {
        "version": VERSION,
        "kinds": list(run.kinds),
        "files": run.files,
        "locales": [
            {
                "locale": locale,
                "articles": articles,
                "units": units,
                "findings": {kind: run.counts.get((locale, kind), 0) for kind in run.kinds},
            }
            for locale, (articles, units) in run.units.items()
        ],
        "skipped": [{"file": p.file, "line": p.line, "reason": p.reason} for p in run.skipped],
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding; ranges are half-open, in code points of the texts."""
    return {
        "kind": finding.found.kind,
        "locale": finding.locale,
        "article": finding.path,
        "file": finding.file,
        "line": finding.line,
        "unit": finding.unit,
        "message": finding.found.message,
        "source": finding.source,
        "target": finding.target,
        "source_ranges": [list(r) for r in finding.found.source_ranges],
        "target_ranges": [list(r) for r in finding.found.target_ranges],
    }
