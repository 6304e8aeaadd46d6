import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.globs import compile_globs, first_match
from indexer.sources import DEFAULT_EXCLUDES
from kb.errors import InputError

EXAMPLES = [
    ("README.md", "README.md", True),
    ("README.md", "mail/README.md", True),
    ("README.md", "mail/readme.md", False),
    ("README.md", "README.md/quota.md", True),
    ("README.md", "OLD-README.md", False),
    ("TOC.*", "TOC.md", True),
    ("TOC.*", "mail/TOC.md", True),
    ("TOC.*", "mail/TOC", False),
    ("**/includes/**", "includes/footer.md", True),
    ("**/includes/**", "mail/includes/deep/footer.md", True),
    ("**/includes/**", "mail/includes.md", False),
    ("**/includes/**", "mail/my-includes/footer.md", False),
    ("drafts/", "drafts/quota.md", True),
    ("drafts/", "mail/drafts/quota.md", True),
    ("drafts/", "mail/drafts", False),
    ("/drafts", "drafts/quota.md", True),
    ("/drafts", "mail/drafts/quota.md", False),
    ("mail/*.md", "mail/quota.md", True),
    ("mail/*.md", "mail/old/quota.md", False),
    ("mail/**/quota.md", "mail/quota.md", True),
    ("mail/**/quota.md", "mail/a/b/quota.md", True),
    ("mail/**", "mail/a/b.md", True),
    ("mail/**", "mail", False),
    ("?.md", "a.md", True),
    ("?.md", "ab.md", False),
    ("[a-c]*.md", "beta.md", True),
    ("[!a-c]*.md", "beta.md", False),
    ("[]x]*.md", "].md", True),
    (r"\[old\]*.md", "[old] quota.md", True),
    (r"why\?.md", "whys.md", False),
    ("a.c", "abc", False),
]


@pytest.mark.parametrize(("pattern", "path", "expected"), EXAMPLES)
def test_a_pattern_means_what_it_means_in_gitignore(pattern: str, path: str, expected: bool) -> None:
    assert bool(first_match(compile_globs([pattern]), [path])) is expected
    assert by_pathspec(pattern, path) is expected


components = st.text("ab*?", min_size=1, max_size=4).filter(lambda part: part.strip("*") or len(part) < 3)
patterns = st.builds(
    lambda lead, parts, end: lead + "/".join(parts) + end,
    st.sampled_from(["", "/"]),
    st.lists(components, min_size=1, max_size=4),
    st.sampled_from(["", "/"]),
)
paths = st.lists(st.text("ab", min_size=1, max_size=3), min_size=1, max_size=4).map("/".join)


@given(patterns, paths)
def test_patterns_match_as_another_implementation_of_gitignore_does(pattern: str, path: str) -> None:
    assert bool(first_match(compile_globs([pattern]), [path])) is by_pathspec(pattern, path)


def test_the_first_pattern_that_matches_is_named() -> None:
    assert first_match(compile_globs(DEFAULT_EXCLUDES), ["mail/includes/TOC.md"]) == "**/includes/**"


@pytest.mark.parametrize("pattern", ["", "/", "!keep.md", "a\nb", "[ab", "[z-a].md"])
def test_a_pattern_that_can_not_mean_anything_is_refused(pattern: str) -> None:
    with pytest.raises(InputError, match="exclude pattern"):
        compile_globs([pattern])


def by_pathspec(pattern: str, path: str) -> bool:
    pathspec = pytest.importorskip("pathspec", reason="mypy brings it along")
    return bool(pathspec.GitIgnoreSpec.from_lines([pattern]).match_file(path))
