"""A small knowledge base in three locales with what a translation memory must cope with: p-units, gaps, edited
sources, untranslated sentences, codes and characters that XML can't hold."""

from __future__ import annotations

from pathlib import Path

from smallkb import DUTCH, Workshop, unit, write_locale

GERMAN = {
    "The paper jams in the printer": "Papierstau im Drucker",
    "Do this when a sheet is stuck.": "Tun Sie dies, wenn ein Blatt feststeckt.",
    "It takes a minute.": "Es dauert eine Minute.",
    "Open the archive.": "Öffnen Sie das Archiv.",
    "Select **Keep alive** in [the client](../a.md).": "Wählen Sie **Wach halten** in [dem Client](../a.md).",
    "The mailbox is full": "The mailbox is full",
}
LAMP = {
    "de-DE": [
        ("101", "Die Lampe", "The lamp"),
        ("102", "Drehen Sie die Lampe fest.", "Turn the lamp tight."),
        ("103", "Schalten Sie sie ein.", "Switch it on."),
    ],
    "fr-FR": [("101", "La lampe", "The lamp"), ("102", "Allumez la lampe.", "Switch it on.")],
    "nl-NL": [
        ("101", "De lamp", "The lamp"),
        ("102", "Draai de oude lamp goed vast.", "Turn the old lamp tight."),
        ("103", "Zet haar aan.", "Switch it on."),
    ],
}
HOSTILE = "A bell \x07, an end ]]> and \U0001f5a8 & <ahem> \u202eturned"


def write_lamp(root: Path) -> None:
    """An article whose source was edited between its localizations: German is the newest."""
    for locale, units in LAMP.items():
        head, *rest = (unit(*u) for u in units)
        date, digest = ("2024-05-01", "new") if locale == "de-DE" else ("2023-01-01", "old")
        file = root / locale / "home" / "lamp.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        front = f"---\ntitle: {units[0][1]}\nms.date: {date}\nms.openlocfilehash: {digest}\n---\n"
        file.write_text(front + f"# {head}\n\n" + "\n\n".join(rest) + "\n", encoding="utf-8")


def index_memory(shop: Workshop) -> None:
    """nl-NL with p-units, de-DE without, fr-FR with one article."""
    write_locale(shop.root, "nl-NL", DUTCH, merged=True)
    write_locale(shop.root, "de-DE", GERMAN)
    write_lamp(shop.root)
    shop.index(*(shop.root / locale for locale in LAMP))
