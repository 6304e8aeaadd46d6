import { html, type TemplateResult } from "lit";

import type { Texts } from "../texts/texts.ts";

export type HelpfulState = "open" | "sent" | "failed";

/** Whether the answer helped: two buttons, then thanks. */
export function helpfulButtons(
  state: HelpfulState,
  texts: Texts,
  onSay: (helpful: boolean) => void,
): TemplateResult {
  if (state === "sent") return html`<p class="helpful" part="feedback" role="status">${texts.thanks}</p>`;
  return html`<div class="helpful" part="feedback" role="group" aria-label=${texts.helpful}>
    <span aria-hidden="true">${texts.helpful}</span>
    <button type="button" class="quiet" @click=${() => onSay(true)}>${texts.yes}</button>
    <button type="button" class="quiet" @click=${() => onSay(false)}>${texts.no}</button>
    <span role="status">${state === "failed" ? texts.feedbackFailed : ""}</span>
  </div>`;
}
