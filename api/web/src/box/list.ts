import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { translationMark } from "../answer/marks.ts";
import type { Hit } from "../client/types.ts";
import { languageName } from "../text/languages.ts";
import { safeHref } from "../text/links.ts";
import { excerpt } from "../text/ranges.ts";
import { foreign, unknown } from "../text/text.ts";
import { fill, filled } from "../texts/fill.ts";
import type { Interface } from "../texts/texts.ts";
import { clock, magnifier, page, pencil } from "./icons.ts";
import type { Choice } from "./state.ts";

export const LIST_ID = "list";
/** Code points of a passage shown with a hit; the styles clip them to two lines. */
const EXCERPT = 220;

export interface ListView {
  readonly interface: Interface;
  /** What the addresses of hits are relative to. */
  readonly base: URL;
  readonly active: number;
  readonly target: "_self" | "_blank";
  /** The locale that results were asked for; a hit in another one says so. */
  readonly locale: string | null;
  /** Whether the hits merely come close to what was asked. */
  readonly close: boolean;
  readonly onChoose: (choice: Choice, event: MouseEvent) => void;
  readonly onPoint: (index: number) => void;
}

export function optionId(index: number): string {
  return `option-${index}`;
}

/** The list box: groups of options, in the order of the choices. */
export function listBox(all: readonly Choice[], view: ListView): TemplateResult {
  const { texts } = view.interface;
  const labels = {
    recent: texts.recent,
    correction: null,
    suggestion: texts.suggestions,
    hit: view.close ? texts.closest : texts.results,
  };
  const kinds = [...new Set(all.map((choice) => choice.kind))];
  return html`<div
    id=${LIST_ID}
    class="list"
    part="list"
    role="listbox"
    aria-label=${all[0]?.kind === "recent" ? texts.recent : texts.results}
  >
    ${kinds.map((kind) => {
      const members = all.map((choice, index) => ({ choice, index })).filter((m) => m.choice.kind === kind);
      const options = repeat(members, keyOf, ({ choice, index }) => option(choice, index, view));
      const label = labels[kind];
      if (label === null) return options;
      return html`<div class="group" part="group" role="group" aria-label=${label}>
        <div class="group-label" part="group-label" role="presentation" aria-hidden="true">${label}</div>
        ${options}
      </div>`;
    })}
  </div>`;
}

function keyOf({ choice }: { readonly choice: Choice }): string {
  return choice.kind === "hit"
    ? `hit\n${choice.hit.collection}\n${choice.hit.article}`
    : `${choice.kind}\n${choice.text}`;
}

function option(choice: Choice, index: number, view: ListView): TemplateResult {
  return choice.kind === "hit"
    ? hitOption(choice, choice.hit, index, view)
    : textOption(choice, textOf(choice, view), index, view);
}

function textOf(choice: Exclude<Choice, { kind: "hit" }>, view: ListView): unknown {
  switch (choice.kind) {
    case "correction":
      return filled(view.interface.texts.didYouMean, { query: html`<strong>${unknown(choice.text)}</strong>` });
    case "suggestion":
      return choice.locale ? foreign(choice.text, choice.locale) : unknown(choice.text);
    case "recent":
      return unknown(choice.text);
  }
}

function textOption(choice: Choice, text: unknown, index: number, view: ListView): TemplateResult {
  const icon = { recent: clock, correction: pencil, suggestion: magnifier, hit: page }[choice.kind];
  return html`<div
    id=${optionId(index)}
    class="option one-line"
    part=${parts(choice.kind, index, view)}
    role="option"
    aria-selected=${index === view.active ? "true" : "false"}
    @mousedown=${keepFocus}
    @mousemove=${() => view.onPoint(index)}
    @click=${(event: MouseEvent) => view.onChoose(choice, event)}
  >
    ${icon}<span class="option-text">${text}</span>
  </div>`;
}

function hitOption(choice: Choice, hit: Hit, index: number, view: ListView): TemplateResult {
  const { text, ranges } = excerpt(hit.text, hit.highlights, EXCERPT);
  const href = safeHref(hit.url, view.base);
  const section = hit.heading_path.filter((heading) => heading !== hit.title).at(-1);
  // a link that is an option: it opens in a new tab by the browser's own ways
  return html`<a
    id=${optionId(index)}
    class="option hit"
    part=${parts("hit", index, view)}
    role="option"
    tabindex="-1"
    href=${href ?? nothing}
    target=${view.target}
    rel="noopener"
    aria-selected=${index === view.active ? "true" : "false"}
    @mousedown=${keepFocus}
    @mousemove=${() => view.onPoint(index)}
    @click=${(event: MouseEvent) => view.onChoose(choice, event)}
  >
    ${page}
    <span class="hit-body">
      <span class="hit-title" part="hit-title">${foreign(hit.title, hit.locale)}</span>
      ${section ? html`<span class="hit-section">${foreign(section, hit.locale)}</span>` : nothing}
      <span class="hit-text" part="hit-text">${foreign(text, hit.locale, ranges)}</span>
      ${notes(hit, view)}
    </span>
  </a>`;
}

/** That the text is a translation by machine, or in another language than the reader's. */
function notes(hit: Hit, view: ListView): TemplateResult | typeof nothing {
  const { texts, language } = view.interface;
  const other = view.locale !== null && languageOf(hit.locale) !== languageOf(view.locale);
  const machine = hit.translation === "MT";
  if (!other && !machine) return nothing;
  const name = other ? fill(texts.inLanguage, { language: languageName(hit.locale, language) }) : "";
  return html`<span class="hit-notes">
    ${machine ? translationMark(hit.translation, texts) : nothing}
    ${other ? html`<span class="note">${name}</span>` : nothing}
  </span>`;
}

function languageOf(tag: string): string {
  return tag.toLowerCase().split("-")[0] ?? "";
}

function parts(kind: Choice["kind"], index: number, view: ListView): string {
  return `option ${kind}${index === view.active ? " active" : ""}`;
}

/** The field keeps the focus while an option is clicked. */
function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}
