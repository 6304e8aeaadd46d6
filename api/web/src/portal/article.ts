import { html, nothing, type TemplateResult } from "lit";

import { translationMark } from "../answer/marks.ts";
import type { Article, ArticleLink } from "../client/types.ts";
import { languageName } from "../text/languages.ts";
import { foreign } from "../text/text.ts";
import { fill } from "../texts/fill.ts";
import { articleBlocks, headingId, isTitle } from "./blocks.ts";
import { parseCited } from "./cited.ts";
import type { Context } from "./context.ts";
import { failureNotice } from "./failure.ts";
import type { State } from "./resource.ts";
import { dateText } from "./results.ts";
import type { ArticleRoute } from "./route.ts";

export interface ArticleView {
  readonly route: ArticleRoute;
  readonly article: State<Article>;
  /** The question that led here, for the feedback. */
  readonly question: string | null;
  readonly onRetry: () => void;
  readonly onCopy: (text: string) => void;
  readonly onPrint: () => void;
}

/** The page of an article. */
export function articlePage(context: Context, view: ArticleView): TemplateResult | typeof nothing {
  const { article, onRetry } = view;
  const { texts } = context.interface;
  switch (article.state) {
    case "idle":
      return nothing;
    case "loading":
      return html`<div class="waiting" aria-busy="true">
        <p>${article.slow ? texts.slow : context.portal.loadingArticle}</p>
        <div class="skeleton" aria-hidden="true"><i></i><i></i><i></i></div>
      </div>`;
    case "failed":
      if (article.failure.problem?.status === 404) return notFound(context);
      return html`<h1 tabindex="-1">${context.portal.loadFailed}</h1>
        ${failureNotice(article.failure, texts, onRetry)}`;
    case "done":
      return shown(context, view, article.value);
  }
}

function notFound(context: Context): TemplateResult {
  return html`<div class="notice none">
    <h1 class="notice-title" tabindex="-1">${context.portal.notFoundTitle}</h1>
    <p>${context.portal.notFoundBody}</p>
  </div>`;
}

function shown(context: Context, view: ArticleView, article: Article): TemplateResult {
  const { route } = view;
  const { portal } = context;
  const isBilingual = article.blocks.some((block) => block.segments.some((segment) => segment.source !== null));
  const bilingual = isBilingual && route.source && article.locale !== article.source_locale;
  const titled = article.blocks.find(isTitle);
  const articleHref = (link: ArticleLink): string =>
    context.href({ ...route, path: link.article ?? route.path, fragment: link.anchor ?? "" });
  return html`<article class="article">
    <header>
      <h1 tabindex="-1">${foreign(titled?.text ?? article.title, article.locale)}</h1>
      ${bilingual && article.source_title
        ? html`<p class="source-title">${foreign(article.source_title, article.source_locale)}</p>`
        : nothing}
      ${about(context, view, article, isBilingual)}
    </header>
    <div class="article-columns">
      ${contents(context, article, articleHref)}
      <div class=${bilingual ? "article-body bilingual" : "article-body"}>
        ${bilingual ? columnHeads(context, article) : nothing}
        ${articleBlocks({
          context,
          article,
          cited: parseCited(route.fragment),
          bilingual,
          texts: portal,
          links: article.links,
          articleHref,
          onCopy: view.onCopy,
        })}
        <kb-feedback
          .context=${context}
          .about=${{
            generation: article.generation,
            question: view.question ?? article.title,
            article: article.path,
          }}
        ></kb-feedback>
      </div>
    </div>
  </article>`;
}

/** Where the text comes from, its other languages, and what can be done with the page. */
function about(context: Context, view: ArticleView, article: Article, bilingual: boolean): TemplateResult {
  const { portal } = context;
  const { texts, language } = context.interface;
  const { route } = view;
  const toggle = bilingual && article.locale !== article.source_locale;
  return html`<div class="about">
      ${translationMark(article.translation, texts)}
      ${article.date ? html`<span>${fill(portal.updated, { date: dateText(article.date, language) })}</span>` : nothing}
      <span class="actions no-print">
        ${toggle
          ? html`<button
              type="button"
              class="quiet"
              aria-pressed=${route.source ? "true" : "false"}
              @click=${() => context.replace({ ...route, source: !route.source })}
            >
              ${texts.original}: ${languageName(short(article.source_locale), language)}
            </button>`
          : nothing}
        ${navigator.clipboard
          ? html`<button type="button" class="quiet" @click=${() => view.onCopy(location.href)}>${portal.copyLink}</button>`
          : nothing}
        <button type="button" class="quiet" @click=${view.onPrint}>${portal.print}</button>
      </span>
    </div>
    ${article.translation === "MT" ? html`<p class="machine-note">${portal.machineNote}</p>` : nothing}
    ${article.locales.length > 1 ? languages(context, view.route, article) : nothing}`;
}

function languages(context: Context, route: ArticleRoute, article: Article): TemplateResult {
  return html`<nav class="languages no-print" aria-label=${context.portal.articleLanguages}>
    <ul role="list">
      ${article.locales.map((locale) => {
        const here = locale === article.locale;
        const language = short(locale);
        // the country is named only where it tells two locales apart
        const alone = article.locales.filter((other) => short(other) === language).length === 1;
        const named = alone ? language : locale;
        return html`<li>
          <a
            href=${context.href({ ...route, locale })}
            hreflang=${locale}
            title=${languageName(named, context.interface.language)}
            aria-current=${here ? "true" : nothing}
            >${foreign(languageName(named, locale), locale)}</a
          >
        </li>`;
      })}
    </ul>
  </nav>`;
}

function contents(context: Context, article: Article, href: (link: ArticleLink) => string): TemplateResult | typeof nothing {
  const headings = article.blocks
    .map((block, index) => ({ block, index }))
    .filter(({ block }) => block.kind === "heading" && block.level > 1 && block.level < 4);
  if (headings.length < 2) return nothing;
  return html`<nav class="contents no-print" aria-label=${context.portal.onThisPage}>
    <p class="contents-title" aria-hidden="true">${context.portal.onThisPage}</p>
    <ul role="list">
      ${headings.map(
        ({ block, index }) => html`<li class=${`level-${block.level}`}>
          <a href=${href({ anchor: headingId(block, index) })}>${foreign(block.text ?? "", article.locale)}</a>
        </li>`,
      )}
    </ul>
  </nav>`;
}

function columnHeads(context: Context, article: Article): TemplateResult {
  const { language, texts } = context.interface;
  return html`<div class="sides heads" aria-hidden="true">
    <div class="side">${context.portal.translated}: ${languageName(short(article.locale), language)}</div>
    <div class="side source">${texts.original}: ${languageName(short(article.source_locale), language)}</div>
  </div>`;
}

/** The language alone: "nl" for "nl-NL". */
function short(locale: string): string {
  return locale.split("-")[0] ?? locale;
}
