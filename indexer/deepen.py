"""Further views of an index that serves already: each locale's own text, and the centroid of all views.

Locale by locale a new generation is published, so that questions in a language gain as soon as its view is there.
Unchanged files are hard-linked. Embeddings come from the cache where it has them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from indexer.embeddings import Embedder
from indexer.failures import disk_failures
from indexer.links import link_files
from indexer.localized import localized_passages
from indexer.namer import can_learn, learn_namer
from indexer.report import Progress
from indexer.targets import CENTROID, DEEPENED, TARGET, TOKENS, centroid_rows
from kb.checked import checksum
from kb.embedcache import EmbeddingCache
from kb.embedded import Collection, Generation
from kb.errors import InputError
from kb.generation import Manifest
from kb.lazyencoder import LazyEncoder
from kb.localestore import LocaleStore
from kb.modelstore import default_cache, resolve
from kb.namer import FILE as NAMER
from kb.publish import building_folder, free_id, new_id, publish
from kb.retention import sweep
from kb.tokens import TokenCounter
from kb.tokenview import count_tokens, write_token_view
from kb.vectors import centre, mean_of, write_view
from kb.writerlock import writer_lock


@dataclass(frozen=True, slots=True)
class _Job:
    """A view to make: its folder below the generation's, the files there that it takes the place of, and what writes
    it."""

    name: str
    folder: str
    replaced: tuple[str, ...]
    write: Callable[[Path], None]


def deepen(home: Path, *, model: str | None, cache: Path | None, progress: Progress) -> list[str]:
    """Makes all views that the home's index lacks; the names of those made, in order.

    Errors: IndexMissing when nothing is indexed, InputError when it was indexed with another model.
    """
    made: list[str] = []
    place = cache or default_cache()
    encoder = LazyEncoder(resolve(model, place))
    with disk_failures(home), writer_lock(home), EmbeddingCache(place, encoder.fingerprint) as embeddings:
        # a run that was killed after its last view was published has left nothing to make, but what it was removing
        sweep(home)
        while True:
            generation = Generation(home)
            try:
                if generation.manifest.encoder != encoder.fingerprint:
                    raise InputError(
                        f"the index in {home} was made with the model {generation.manifest.model}; "
                        "give it with --model"
                    )
                job = _next_job(generation, encoder, embeddings, progress)
                if job is None:
                    return made
                _add_view(home, generation, job)
            finally:
                generation.close()
            made.append(job.name)
            progress.note(f"published: {job.name}")


def _next_job(
    generation: Generation, encoder: LazyEncoder, embeddings: EmbeddingCache, progress: Progress
) -> _Job | None:
    for name, collection in generation.collections.items():
        for locale, store in collection.locales.items():
            whole = store.complete and (store.tokens is not None or collection.tokens is None)
            if locale != collection.source_locale and not whole:
                return _Job(
                    f"{name}/{locale}",
                    f"{name}/{locale}",
                    DEEPENED,
                    partial(_write_target, store, Embedder(encoder, embeddings, progress)),
                )
        if collection.centroid is None and any(store.target for store in collection.locales.values()):
            return _Job(f"{name}/centroid", name, (CENTROID,), partial(_write_centroid, collection))
        if collection.namer is None and can_learn(collection):
            write = partial(_write_namer, collection, encoder, progress)
            return _Job(f"{name}/namer", name, (NAMER,), write)
    return None


def _write_target(store: LocaleStore, embedder: Embedder, folder: Path) -> None:
    """A locale's own passages in its row order: their embeddings and their tokens, both centred."""
    texts = [f"{p.title}\n{p.text}" for p in localized_passages(store.reader)]
    embedder.progress.stage(f"Encoding {store.locale}", len(set(texts)))
    vectors = embedder.embed(texts, "passage")
    write_view(folder / TARGET, centre(vectors, mean_of(vectors)))
    counted = count_tokens(embedder.tokens(texts, "passage"))
    if counted.mean is not None:
        write_token_view(folder / TOKENS, embedder.tokens(texts, "passage"), counted.mean, counted.counts)


def _write_centroid(collection: Collection, folder: Path) -> None:
    stores = (collection.locales[locale] for locale in sorted(collection.locales))
    views = ((store.target_rows, store.target.all()) for store in stores if store.target is not None)
    write_view(folder / CENTROID, centroid_rows(collection.source.all(), views))


def _write_namer(collection: Collection, encoder: LazyEncoder, progress: Progress, folder: Path) -> None:
    progress.stage("Learning what words are called", None)
    learn_namer(folder, collection, TokenCounter(encoder.folder).spans)


def _add_view(home: Path, generation: Generation, job: _Job) -> None:
    with building_folder(home) as folder:
        old = generation.manifest
        # what is of all the views that there are is stale with a further one
        collection = job.folder.partition("/")[0]
        of_all = (CENTROID, NAMER) if collection != job.folder else ()
        stale = (
            *(f"{collection}/{name}" for name in of_all),
            *(f"{job.folder}/{name}" for name in job.replaced),
        )
        files = {name: said for name, said in old.files.items() if not name.startswith(stale)}
        link_files(generation.folder, folder, files)
        job.write(folder / job.folder)
        there = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        fresh = {name: checksum(folder / name) for name in there if name not in files}
        files = dict(sorted((files | fresh).items()))
        manifest: Manifest = replace(
            old,
            id=free_id(home, new_id(files)),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            files=files,
        )
        publish(home, folder, manifest, supersedes=True)
