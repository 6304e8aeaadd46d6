import { html, nothing, type TemplateResult } from "lit";

import type { Citation, Step } from "../client/types.ts";
import { foreign } from "../text/text.ts";
import type { Texts } from "../texts/texts.ts";

const DEEPEST = 5;

export interface StepView {
  readonly texts: Texts;
  readonly showSource: boolean;
  /** Whether this is the block that leads in, rather than the steps. */
  readonly lead: boolean;
  /** What stands behind a step to show where it is quoted from. */
  readonly cite?: ((citation: Citation) => TemplateResult) | undefined;
}

/** Steps in order, each with its own number and depth, the source beside the translation where that is asked for. */
export function stepList(
  steps: readonly Step[],
  citations: readonly Citation[],
  view: StepView,
): TemplateResult | typeof nothing {
  if (steps.length === 0) return nothing;
  const cited = new Map(citations.map((citation) => [citation.n, citation]));
  const items = steps.map((step) => stepItem(step, cited.get(step.citation), view));
  return html`<ol class=${view.lead ? "steps lead" : "steps"} part=${view.lead ? "lead" : "steps"} role="list">
    ${items}
  </ol>`;
}

function stepItem(step: Step, citation: Citation | undefined, view: StepView): TemplateResult {
  const depth = Math.min(Math.max(step.depth, 0), DEEPEST);
  const locale = citation?.locale ?? "und";
  const source = view.showSource ? step.source_text : null;
  return html`<li
    class=${`step kind-${KINDS.has(step.kind) ? step.kind : "paragraph"} depth-${depth}${step.essential ? " essential" : ""}`}
    part=${step.essential ? "step essential" : "step"}
  >
    <span class="step-number">${step.number ? `${step.number}.` : step.kind === "bullet" ? "•" : ""}</span>
    <div class=${source ? "step-texts both" : "step-texts"}>
      <div class="step-text">
        ${step.essential ? html`<span class="unseen">${view.texts.essential}: </span>` : nothing}
        ${foreign(step.text, locale)}
      </div>
      ${source
        ? html`<div class="step-source" part="source">
            <span class="unseen">${view.texts.original}: </span>
            ${foreign(source, citation?.source_locale ?? "und")}
          </div>`
        : nothing}
    </div>
    ${citation && view.cite ? view.cite(citation) : nothing}
  </li>`;
}

const KINDS = new Set(["heading", "paragraph", "step", "bullet", "note", "quote", "table", "code", "image"]);
