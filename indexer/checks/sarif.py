"""Findings as SARIF 2.1.0 (OASIS Standard, 27 March 2020), for code review and editors.

Every finding is a result of one rule, its kind. Its place is the line of the unit in the article file; the file
is named relative to its source (%SRC0%, %SRC1% …, section 3.14.14), so that a checkout's own paths come out.
"""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from pathlib import PurePosixPath
from typing import Any, TextIO
from urllib.parse import quote

from indexer.checks.finding import Finding, Kind
from indexer.checks.kinds import KINDS
from indexer.checks.run import CheckRun

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def write_sarif(run: CheckRun, out: TextIO) -> None:
    """One log with one run, a result a line."""
    roots = run.spool.roots()
    head: dict[str, Any] = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(run)},
                "originalUriBaseIds": {_base(n): {"uri": _file_uri(root)} for n, root in enumerate(roots)},
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {"executionSuccessful": True, "toolExecutionNotifications": _notifications(run)}
                ],
                "results": [],
            }
        ],
    }
    before, after = json.dumps(head, ensure_ascii=False, indent=1).rsplit("[]", 1)
    out.write(before + "[")
    index = {kind: n for n, kind in enumerate(run.kinds)}
    for n, finding in enumerate(run.findings()):
        result = result_json(finding, index[finding.found.kind], roots.index(finding.root))
        out.write((",\n" if n else "\n") + json.dumps(result, ensure_ascii=False))
    out.write("\n]" + after + "\n")


def result_json(finding: Finding, rule: int, root: int) -> dict[str, Any]:
    """A result (section 3.27); its fingerprint holds as long as the unit's texts do, wherever its line is."""
    found = finding.found
    what = "\0".join((finding.locale, finding.path, finding.source, finding.target, found.message))
    return {
        "ruleId": found.kind,
        "ruleIndex": rule,
        "level": "warning",
        "message": {"text": f"Unit {finding.unit}: {found.message}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(finding.file), "uriBaseId": _base(root)},
                    "region": {"startLine": finding.line},
                },
                "logicalLocations": [
                    {
                        "name": finding.unit,
                        "fullyQualifiedName": f"{finding.path}@{finding.locale}#{finding.unit}",
                    }
                ],
            }
        ],
        "partialFingerprints": {"unit/v1": hashlib.sha256(what.encode("utf-8")).hexdigest()[:32]},
        "properties": {
            "locale": finding.locale,
            "source": finding.source,
            "target": finding.target,
            "sourceRanges": [list(r) for r in found.source_ranges],
            "targetRanges": [list(r) for r in found.target_ranges],
        },
    }


def _driver(run: CheckRun) -> dict[str, Any]:
    return {
        "name": "kb check translations",
        "semanticVersion": version("kb-bilingual"),
        "rules": [_rule(kind) for kind in run.kinds],
    }


def _rule(kind: Kind) -> dict[str, Any]:
    info = KINDS[kind]
    return {
        "id": kind,
        "name": info.title.title().replace(" ", ""),
        "shortDescription": {"text": info.title + "."},
        "fullDescription": {"text": info.help},
        "defaultConfiguration": {"enabled": info.default, "level": "warning"},
    }


def _notifications(run: CheckRun) -> list[dict[str, Any]]:
    return [
        {"level": "warning", "message": {"text": f"{p.file} was not checked: {p.reason}"}}
        for p in run.skipped
    ]


def _base(n: int) -> str:
    return f"SRC{n}"


def _file_uri(root: str) -> str:
    """A folder's file URI, which must end in a slash (section 3.14.14)."""
    path = PurePosixPath(root.replace("\\", "/")).as_posix()
    return "file://" + quote(path if path.startswith("/") else "/" + path).rstrip("/") + "/"
