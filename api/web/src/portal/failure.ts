import { html, nothing, type TemplateResult } from "lit";

import { failureTitle } from "../box/notices.ts";
import type { RequestFailed } from "../client/errors.ts";
import type { Texts } from "../texts/texts.ts";

/** Why something can't be shown, and the way to try again. */
export function failureNotice(failure: RequestFailed, texts: Texts, onRetry: () => void): TemplateResult {
  return html`<div class="notice failed" role="alert">
    <p class="notice-title">${failureTitle(failure.kind, texts)}</p>
    ${failure.problem
      ? html`<p><bdi lang="en" dir="ltr">${failure.problem.detail}</bdi></p>`
      : failure.kind === "offline"
        ? nothing
        : html`<p>${texts.errorBody}</p>`}
    <button type="button" class="quiet" @click=${onRetry}>${texts.retry}</button>
  </div>`;
}
