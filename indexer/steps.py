"""The named steps of a build, in order. Each is told to the run's progress as it begins, so that a log says where a
build stands, and tests can stop one there."""

from __future__ import annotations

from enum import StrEnum

from kb.publish import PublishStep


class BuildStep(StrEnum):
    """From sources to files; a step whose work is all carried over from the generation before is told as well."""

    READ = "Reading sources"
    PARSE = "Parsing articles"
    CUT = "Cutting passages"
    WRITE = "Writing articles"
    WORDS = "Indexing words"
    ENCODE = "Encoding passages"
    SECOND = "Encoding passages once more"
    VIEWS = "Writing views"
    QUESTIONS = "Encoding sample questions"
    VERIFY = "Verifying"
    CHECKSUMS = "Computing checksums"


STEPS: tuple[str, ...] = (*BuildStep, *PublishStep)
