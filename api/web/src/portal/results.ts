import { html, nothing, type TemplateResult } from "lit";

import { answerCard } from "../answer/card.ts";
import { translationMark } from "../answer/marks.ts";
import type { Answer, Citation, Hit, SearchResult } from "../client/types.ts";
import { languageName } from "../text/languages.ts";
import { safeHref } from "../text/links.ts";
import { excerpt } from "../text/ranges.ts";
import { foreign, unknown } from "../text/text.ts";
import { fill, filled } from "../texts/fill.ts";
import { articleRoute, citationHref, type Context } from "./context.ts";
import { failureNotice } from "./failure.ts";
import type { State } from "./resource.ts";
import { parseRoute, type ResultsRoute } from "./route.ts";

const EXCERPT = 260;

export interface ResultsView {
  readonly route: ResultsRoute;
  readonly answer: State<Answer>;
  readonly found: State<SearchResult>;
  readonly onRetry: () => void;
  readonly onFollowUp: (() => void) | null;
}

/** The page of a question: its answer, or that there is none, and articles. */
export function resultsPage(context: Context, view: ResultsView): TemplateResult {
  const { portal } = context;
  const title = filled(portal.resultsTitle, { question: html`<q>${unknown(view.route.question)}</q>` });
  return html`<h1 class="question" tabindex="-1">${title}</h1>
    ${didYouMean(context, view)} ${answerPart(context, view)}`;
}

function answerPart(context: Context, view: ResultsView): TemplateResult | typeof nothing {
  const { answer } = view;
  const { texts } = context.interface;
  switch (answer.state) {
    case "idle":
      return nothing;
    case "loading":
      return html`<div class="waiting" aria-busy="true">
        <p>${answer.slow ? texts.slow : context.portal.answering}</p>
        <div class="skeleton" aria-hidden="true"><i></i><i></i><i></i></div>
      </div>`;
    case "failed":
      return failureNotice(answer.failure, texts, view.onRetry);
    case "done":
      return answered(context, view, answer.value);
  }
}

function answered(context: Context, view: ResultsView, answer: Answer): TemplateResult {
  const { portal } = context;
  switch (answer.outcome) {
    case "answered":
      return html`${card(context, view, answer)} ${articleList(context, view, answer, portal.more)}`;
    case "related":
      return html`<div class="notice"><p class="notice-title">${portal.relatedTitle}</p></div>
        ${hitList(context, answer.related, null)} ${contactLink(context, answer)}`;
    case "none":
      return html`${noAnswer(context, answer)} ${articleList(context, view, answer, portal.nearest)}`;
  }
}

function card(context: Context, view: ResultsView, answer: Answer): TemplateResult {
  const { route } = view;
  const first = answer.citations[0];
  const machine = first?.translation === "MT";
  return html`<div class="answer-box">
    ${answerCard(withPlaces(context, answer, route.source), {
      interface: context.interface,
      base: context.root,
      limit: Infinity,
      expanded: true,
      showSource: route.source,
      onExpand: () => undefined,
      onShowSource: () => context.replace({ ...route, source: !route.source }),
      onOpen: () => undefined,
      cite: (citation) => citeLink(context, citation, route),
      footer: html`${machine ? html`<p class="machine-note">${context.portal.machineNote}</p>` : nothing}
        <div class="answer-actions no-print">
          <kb-feedback
            .context=${context}
            .about=${{
              generation: answer.generation,
              question: route.question,
              ...(first ? { article: first.article } : {}),
            }}
          ></kb-feedback>
          ${view.onFollowUp
            ? html`<button type="button" class="quiet" @click=${view.onFollowUp}>${context.portal.followUp}</button>`
            : nothing}
        </div>`,
    })}
  </div>`;
}

/** The answer with addresses that point out what is quoted: of its essential steps, else of all. */
function withPlaces(context: Context, answer: Answer, source: boolean): Answer {
  const essential = new Set(answer.steps.filter((step) => step.essential).map((step) => step.citation));
  const pointed = answer.citations.filter((citation) => essential.has(citation.n));
  const cited = pointed.length ? pointed : answer.citations;
  if (!cited.length) return answer;
  const url = citationHref(context, cited, source);
  return { ...answer, citations: answer.citations.map((citation) => ({ ...citation, url })) };
}

/** A step's citation: the number, and where it leads for those who can't see the number's place. */
export function citeLink(context: Context, citation: Citation, route: { readonly source: boolean }): TemplateResult {
  const { texts } = context.interface;
  const [from, to] = citation.lines;
  const lines = fill(from === to ? texts.line : texts.lines, { from, to });
  const label = fill(context.portal.cite, { lines });
  const href = citationHref(context, [citation], route.source);
  return html`<a class="cite" href=${safeHref(href, context.root) ?? nothing} rel="noopener" title=${label}
    ><span aria-hidden="true">[${citation.n}]</span><span class="unseen">${label}</span></a
  >`;
}

/** The hits that the answer doesn't quote. */
function articleList(context: Context, view: ResultsView, answer: Answer, title: string): TemplateResult | typeof nothing {
  const { found } = view;
  if (found.state !== "done") return nothing;
  const quoted = new Set(answer.citations.map((citation) => `${citation.collection}\n${citation.article}`));
  const others = found.value.hits.filter((hit) => !quoted.has(`${hit.collection}\n${hit.article}`));
  return hitList(context, others, title);
}

export function hitList(
  context: Context,
  hits: readonly Hit[],
  title: string | null,
): TemplateResult | typeof nothing {
  if (!hits.length) return nothing;
  return html`<section class="hits" aria-label=${title ?? context.interface.texts.results}>
    ${title ? html`<h2>${title}</h2>` : nothing}
    <ul role="list">
      ${hits.map((hit) => hitItem(context, hit))}
    </ul>
  </section>`;
}

function hitItem(context: Context, hit: Hit): TemplateResult {
  const { texts, language } = context.interface;
  const { text, ranges } = excerpt(hit.text, hit.highlights, EXCERPT);
  const url = new URL(hit.url, context.root);
  const own = parseRoute(url, context.root)?.view === "article";
  const href = own ? context.href(articleRoute(hit)) : safeHref(hit.url, context.root);
  const other = languageOf(hit.locale) !== languageOf(context.locale);
  return html`<li class="hit">
    <h3><a href=${href ?? nothing} rel="noopener">${foreign(hit.title, hit.locale)}</a></h3>
    <p class="hit-text">${foreign(text, hit.locale, ranges)}</p>
    <p class="hit-notes">
      ${translationMark(hit.translation, texts)}
      ${other ? html`<span class="note-language">${languageName(hit.locale, language)}</span>` : nothing}
      ${hit.date ? html`<span>${dateText(hit.date, language)}</span>` : nothing}
    </p>
  </li>`;
}

function noAnswer(context: Context, answer: Answer): TemplateResult {
  const { portal } = context;
  const { texts } = context.interface;
  return html`<div class="notice none">
    <h2 class="notice-title">${portal.noneTitle}</h2>
    <p>${portal.noneBody}</p>
    <p>${texts.noneHint}</p>
    <ul>
      <li>${texts.noneTipWords}</li>
      <li>${texts.noneTipCode}</li>
      <li>${texts.noneTipLanguage}</li>
    </ul>
    ${contactLink(context, answer)}
  </div>`;
}

/** Whom to turn to, where the operator has said so. */
export function contactLink(context: Context, answer: Answer): TemplateResult | typeof nothing {
  const href = answer.contact ? safeHref(answer.contact, context.root) : null;
  if (!href) return nothing;
  return html`<p class="contact no-print">
    <a class="button" href=${href} rel="noopener">${context.portal.contact}</a>
    <span>${context.portal.contactHint}</span>
  </p>`;
}

function didYouMean(context: Context, view: ResultsView): TemplateResult | typeof nothing {
  const { found, route, answer } = view;
  if (found.state !== "done" || !found.value.did_you_mean) return nothing;
  // an answer shows that the question was understood as it stands; where nothing answers, the correction, which has
  // been searched already, does not either
  if (answer.state !== "done" || answer.value.outcome !== "related") return nothing;
  const meant = found.value.did_you_mean;
  const link = html`<a href=${context.href({ ...route, question: meant })}>${unknown(meant)}</a>`;
  return html`<p class="did-you-mean">${filled(context.interface.texts.didYouMean, { query: link })}</p>`;
}

export function dateText(iso: string, language: string): string {
  const [year = 0, month = 1, day = 1] = iso.split("-").map(Number);
  const options = { dateStyle: "medium", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(language, options).format(new Date(Date.UTC(year, month - 1, day)));
}

function languageOf(tag: string): string {
  return tag.toLowerCase().split("-")[0] ?? "";
}
