import { html, nothing, type TemplateResult } from "lit";

import type { FailureKind, RequestFailed } from "../client/errors.ts";
import { unknown } from "../text/text.ts";
import { filled } from "../texts/fill.ts";
import type { Texts } from "../texts/texts.ts";

const LONGEST_QUERY = 80;

/** What is said where no article answers. */
export interface NothingView {
  readonly texts: Texts;
  readonly query: string;
  /** Whether articles follow that come close. */
  readonly close: boolean;
  /** Address of whom to turn to, null where the operator names nobody. */
  readonly contact: string | null;
}

/** That nothing answers, and what to try. */
export function nothingFound({ texts, query, close, contact }: NothingView): TemplateResult {
  const letters = Array.from(query);
  const shown = letters.length > LONGEST_QUERY ? `${letters.slice(0, LONGEST_QUERY).join("")}…` : query;
  const title = close ? texts.unansweredTitle : texts.noneTitle;
  return html`<div class="notice" part="none">
    <p class="notice-title">${filled(title, { query: html`<q>${unknown(shown)}</q>` })}</p>
    <p>${texts.noneHint}</p>
    <ul>
      <li>${texts.noneTipWords}</li>
      <li>${texts.noneTipCode}</li>
      <li>${texts.noneTipLanguage}</li>
    </ul>
    ${contact
      ? html`<p><a class="contact" part="contact" href=${contact} rel="noopener">${texts.contact}</a></p>`
      : nothing}
  </div>`;
}

/** Why there are no results, and the way to try again. */
export function failed(failure: RequestFailed, texts: Texts, onRetry: () => void): TemplateResult {
  const title = failureTitle(failure.kind, texts);
  const body = failureBody(failure, texts);
  return html`<div class="notice" part=${failure.kind === "offline" ? "offline" : "error"}>
    <p class="notice-title">${title}</p>
    ${body ? html`<p>${body}</p>` : nothing}
    <button type="button" class="quiet" part="retry" @click=${onRetry}>${texts.retry}</button>
  </div>`;
}

export function failureTitle(kind: FailureKind, texts: Texts): string {
  switch (kind) {
    case "offline":
      return texts.offlineTitle;
    case "timeout":
      return texts.timeoutTitle;
    case "problem":
      return texts.refusedTitle;
    case "unreachable":
    case "unreadable":
      return texts.errorTitle;
  }
}

/** A problem's own detail is the service's, in English. */
function failureBody(failure: RequestFailed, texts: Texts): unknown {
  if (failure.kind === "offline") return texts.offlineBody;
  if (failure.problem) return html`<bdi lang="en" dir="ltr">${failure.problem.detail}</bdi>`;
  return texts.errorBody;
}
