import { html, nothing, type TemplateResult } from "lit";

import { answerCard } from "../answer/card.ts";
import type { Citation } from "../client/types.ts";
import { safeHref } from "../text/links.ts";
import type { Texts } from "../texts/texts.ts";
import { type HelpfulState, helpfulButtons } from "./helpful.ts";
import { listBox, type ListView } from "./list.ts";
import { failed, nothingFound } from "./notices.ts";
import { type BoxState, type Choice, isNone } from "./state.ts";

/** Steps of an answer that are shown before someone asks for all. */
const STEPS_AT_FIRST = 4;

export interface PanelView extends Omit<ListView, "close"> {
  readonly expanded: boolean;
  readonly showSource: boolean;
  readonly late: boolean;
  readonly helpful: HelpfulState;
  readonly onRetry: () => void;
  readonly onClearRecent: () => void;
  readonly onExpand: () => void;
  readonly onShowSource: () => void;
  readonly onOpenAnswer: (citation: Citation, event: MouseEvent) => void;
  readonly onHelpful: (helpful: boolean) => void;
}

/** What drops down from the field: options, the answer, or why there is neither. */
export function panel(state: BoxState, all: readonly Choice[], view: PanelView): TemplateResult {
  const answer = answerPlace(state, view);
  return html`<div class="panel" part="panel" tabindex="-1">
    <div class=${answer === nothing ? "panel-body" : "panel-body two"} part="panel-body">
      ${answer} ${notice(state, view)} ${all.length ? listBox(all, { ...view, close: isNone(state) }) : nothing}
    </div>
    ${footer(all, view)}
  </div>`;
}

function notice(state: BoxState, view: PanelView): TemplateResult | typeof nothing {
  const { texts } = view.interface;
  const query = state.query.trim();
  if (query === "") return nothing;
  if (state.failure) return failed(state.failure, texts, view.onRetry);
  if (isNone(state)) {
    const contact = state.answer?.contact ?? null;
    return nothingFound({
      texts,
      query,
      close: (state.found?.result.hits.length ?? 0) > 0,
      contact: contact && safeHref(contact, view.base),
    });
  }
  if (state.slow) return html`<p class="waiting" part="waiting">${texts.slow}</p>`;
  if (!state.found) return html`<p class="waiting" part="waiting">${texts.loading}</p>`;
  return nothing;
}

function answerPlace(state: BoxState, view: PanelView): TemplateResult | typeof nothing {
  const { answer, failure } = state;
  if (answer?.outcome !== "answered" || failure || state.query.trim() === "") return nothing;
  return html`<div class=${view.late ? "answer-place late" : "answer-place"}>
    ${answerCard(answer, {
      interface: view.interface,
      base: view.base,
      target: view.target,
      limit: STEPS_AT_FIRST,
      expanded: view.expanded,
      showSource: view.showSource,
      onExpand: view.onExpand,
      onShowSource: view.onShowSource,
      onOpen: view.onOpenAnswer,
      footer: helpfulButtons(view.helpful, view.interface.texts, view.onHelpful),
    })}
  </div>`;
}

function footer(all: readonly Choice[], view: PanelView): TemplateResult | typeof nothing {
  const { texts } = view.interface;
  if (all.length === 0) return nothing;
  const recent = all[0]?.kind === "recent";
  return html`<div class=${recent ? "footer" : "footer keys-only"} part="footer">
    ${keyHints(texts)}
    ${recent
      ? html`<button type="button" class="quiet" part="clear-recent" @click=${view.onClearRecent}>
          ${texts.clearRecent}
        </button>`
      : nothing}
  </div>`;
}

/** For those who see: a screen reader names the keys of a combobox itself. */
function keyHints(texts: Texts): TemplateResult {
  return html`<span class="keys" aria-hidden="true">
    <span><kbd class="key">↑</kbd><kbd class="key">↓</kbd>${texts.keysMove}</span>
    <span><kbd class="key">↵</kbd>${texts.keysOpen}</span>
    <span><kbd class="key">Esc</kbd>${texts.keysClose}</span>
  </span>`;
}
