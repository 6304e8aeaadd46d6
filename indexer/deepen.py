"""Further views of an index that serves already: each locale's own text, and the centroid of all views.

Locale by locale a new generation is published, so that questions in a language gain as soon as its view is there.
Unchanged files are hard-linked. Embeddings come from the cache where it has them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from indexer.failures import disk_failures
from indexer.links import link_files
from indexer.localized import localized_passages
from indexer.report import Progress
from indexer.targets import CENTROID, ROWS, TARGET, centroid_rows
from kb.checked import checksum
from kb.embedcache import EmbeddingCache, encode_cached
from kb.embedded import Collection, Generation, LocaleStore
from kb.errors import InputError
from kb.generation import Manifest, building_folder, free_id, new_id, publish
from kb.lazyencoder import LazyEncoder
from kb.modelstore import default_cache, resolve
from kb.vectors import Floats, centre, mean_of, write_view
from kb.writerlock import writer_lock


@dataclass(frozen=True, slots=True)
class _Job:
    """A view to make: its file below the generation's folder, and how its rows come about."""

    name: str
    file: str
    rows: Callable[[], Floats]


def deepen(home: Path, *, model: str | None, cache: Path | None, progress: Progress) -> list[str]:
    """Makes all views that the home's index lacks; the names of those made, in order.

    Errors: IndexMissing when nothing is indexed, InputError when it was indexed with another model.
    """
    made: list[str] = []
    place = cache or default_cache()
    encoder = LazyEncoder(resolve(model, place))
    with disk_failures(home), writer_lock(home), EmbeddingCache(place, encoder.fingerprint) as embeddings:
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
            if locale != collection.source_locale and not store.complete:
                return _Job(
                    f"{name}/{locale}",
                    f"{name}/{locale}/target.view",
                    lambda store=store: _target_rows(store, encoder, embeddings, progress),  # type: ignore[misc]
                )
        if collection.centroid is None and any(store.target for store in collection.locales.values()):
            return _Job(
                f"{name}/centroid",
                f"{name}/centroid.view",
                lambda collection=collection: _centroid(collection),  # type: ignore[misc]
            )
    return None


def _target_rows(
    store: LocaleStore, encoder: LazyEncoder, embeddings: EmbeddingCache, progress: Progress
) -> Floats:
    """Centred embeddings of a locale's own passages, in its row order."""
    texts = [f"{p.title}\n{p.text}" for p in localized_passages(store.reader)]
    progress.stage(f"Encoding {store.locale}", len(set(texts)))
    done = 0

    def advance(now: int, _all: int) -> None:
        nonlocal done
        progress.advance(now - done)
        done = now

    vectors = encode_cached(lambda: encoder, texts, embeddings, advance, "passage")
    return centre(vectors, mean_of(vectors))


def _centroid(collection: Collection) -> Floats:
    stores = (collection.locales[locale] for locale in sorted(collection.locales))
    views = ((store.target_rows, store.target.all()) for store in stores if store.target is not None)
    return centroid_rows(collection.source.all(), views)


def _add_view(home: Path, generation: Generation, job: _Job) -> None:
    rows = job.rows()
    with building_folder(home) as folder:
        old = generation.manifest
        # a centroid is of the views that there are; a further one makes it stale, and an incomplete one goes
        stale = {f"{job.file.split('/')[0]}/{CENTROID}", job.file, job.file.replace(TARGET, ROWS)}
        files = {name: said for name, said in old.files.items() if name not in stale}
        link_files(generation.folder, folder, files)
        write_view(folder / job.file, rows)
        files = dict(sorted((files | {job.file: checksum(folder / job.file)}).items()))
        manifest: Manifest = replace(
            old,
            id=free_id(home, new_id(files)),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            files=files,
        )
        publish(home, folder, manifest, supersedes=True)
