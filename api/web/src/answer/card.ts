import { html, nothing, type TemplateResult } from "lit";

import type { Answer, Citation } from "../client/types.ts";
import { safeHref } from "../text/links.ts";
import { foreign } from "../text/text.ts";
import { form } from "../texts/plural.ts";
import { fill } from "../texts/fill.ts";
import type { Interface } from "../texts/texts.ts";
import { translationMark } from "./marks.ts";
import { stepList } from "./steps.ts";

/** How an answer is shown, and what its buttons do. */
export interface AnswerView {
  readonly interface: Interface;
  /** What the addresses of citations are relative to. */
  readonly base: URL;
  readonly target?: "_self" | "_blank";
  /** Steps shown at first; the essential ones are always among them. Infinity shows all. */
  readonly limit: number;
  readonly expanded: boolean;
  readonly showSource: boolean;
  readonly onExpand: () => void;
  readonly onShowSource: () => void;
  readonly onOpen: (citation: Citation, event: MouseEvent) => void;
  /** What stands behind a step to show where it is quoted from. */
  readonly cite?: ((citation: Citation) => TemplateResult) | undefined;
  /** What stands below the steps, such as the feedback buttons. */
  readonly footer?: TemplateResult | typeof nothing;
}

/** The answer as a card: title, lead, steps, sources. For an outcome `answered`; its styles are `answerStyles`. */
export function answerCard(answer: Answer, view: AnswerView): TemplateResult {
  const { texts, language } = view.interface;
  const first = answer.citations[0];
  const bilingual = [answer.lead, ...answer.steps].some((step) => step?.source_text);
  const shown = view.expanded ? answer.steps : firstSteps(answer, view.limit);
  const more = answer.steps.length - shown.length;
  return html`
    <section class="answer" part="answer" aria-labelledby="answer-title">
      <header class="answer-head">
        <h2 id="answer-title" class="answer-title" part="answer-title">
          <span class="answer-label">${texts.answer}</span>
          ${first ? titleLink(first, view) : nothing}
        </h2>
        ${first ? translationMark(first.translation, texts) : nothing}
        ${bilingual
          ? html`<button
              type="button"
              class="quiet"
              part="source-toggle"
              @click=${view.onShowSource}
            >
              ${view.showSource ? texts.hideOriginal : texts.showOriginal}
            </button>`
          : nothing}
      </header>
      ${answer.lead
        ? stepList([answer.lead], answer.citations, { texts, showSource: view.showSource, lead: true, cite: view.cite })
        : nothing}
      ${stepList(shown, answer.citations, { texts, showSource: view.showSource, lead: false, cite: view.cite })}
      ${more > 0 || (view.expanded && answer.steps.length > view.limit)
        ? html`<button
            type="button"
            class="quiet more"
            part="more-steps"
            @click=${view.onExpand}
          >
            ${view.expanded
              ? texts.fewerSteps
              : fill(form(texts.allSteps, more, language), { n: more })}
          </button>`
        : nothing}
      ${sources(answer.citations, view)} ${view.footer ?? nothing}
    </section>
  `;
}

/** The first steps up to a limit, moved on so that the first essential one is among them. */
export function firstSteps(answer: Answer, limit: number): Answer["steps"] {
  if (answer.steps.length <= limit) return answer.steps;
  const essential = answer.steps.findIndex((step) => step.essential);
  const from = essential < limit ? 0 : essential - limit + 1;
  return answer.steps.slice(from, from + limit);
}

function titleLink(citation: Citation, view: AnswerView): TemplateResult {
  const href = safeHref(citation.url, view.base);
  const title = foreign(citation.title, citation.locale);
  if (!href) return title;
  return html`<a
    href=${href}
    target=${view.target ?? "_self"}
    rel="noopener"
    @click=${(event: MouseEvent) => view.onOpen(citation, event)}
    >${title}</a
  >`;
}

/** Each article that is cited, once, with the lines that were quoted from it. */
function sources(citations: readonly Citation[], view: AnswerView): TemplateResult {
  const { texts } = view.interface;
  const articles = new Map<string, Citation[]>();
  for (const citation of citations) {
    const key = `${citation.collection}\n${citation.article}`;
    articles.set(key, [...(articles.get(key) ?? []), citation]);
  }
  const items = [...articles.values()].map((cited) => {
    const first = cited[0] as Citation;
    const from = Math.min(...cited.map((citation) => citation.lines[0]));
    const to = Math.max(...cited.map((citation) => citation.lines[1]));
    const lines = fill(from === to ? texts.line : texts.lines, { from, to });
    return html`<li>
      ${titleLink(first, view)}
      <span class="source-lines">${first.article}, ${lines}</span>
    </li>`;
  });
  return html`<div class="answer-sources" part="sources">
    <h3>${texts.sources}</h3>
    <ul>
      ${items}
    </ul>
  </div>`;
}
