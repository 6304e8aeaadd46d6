import { html, type TemplateResult } from "lit";

import type { ArticleLink, Run, Segment } from "../client/types.ts";
import { safeHref } from "../text/links.ts";
import type { PortalTexts } from "./texts/texts.ts";
import { fill } from "../texts/fill.ts";

export type Side = "target" | "source";

/** How inline text is shown: where its links lead, by the href that the article has. */
export interface RunView {
  readonly texts: PortalTexts;
  readonly links: Readonly<Record<string, ArticleLink>>;
  /** The address of another article, or of a place in this one. */
  readonly articleHref: (link: ArticleLink) => string;
}

/** One side of a segment: its runs, made of elements and text nodes alone. */
export function segmentText(segment: Segment, side: Side, view: RunView): unknown {
  const runs = side === "target" ? segment.target_runs : segment.source_runs;
  const text = side === "target" ? segment.target : (segment.source ?? "");
  return runs ? runs.map((run) => runText(run, view)) : text;
}

function runText(run: Run, view: RunView): unknown {
  let shown: unknown = run.image === undefined ? run.text : picture(run, view);
  for (const mark of run.marks ?? []) shown = marked(mark, shown);
  return run.href === undefined ? shown : linked(run.href, shown, view);
}

function marked(mark: string, content: unknown): TemplateResult | unknown {
  switch (mark) {
    case "strong":
      return html`<strong>${content}</strong>`;
    case "em":
      return html`<em>${content}</em>`;
    case "code":
      return html`<code>${content}</code>`;
    case "strike":
      return html`<s>${content}</s>`;
    default:
      return content;
  }
}

/** Pictures are no part of the index: their alternative text stands for them. */
function picture(run: Run, view: RunView): TemplateResult {
  const told = run.text.trim() ? fill(view.texts.picture, { text: run.text.trim() }) : view.texts.pictureUnnamed;
  return html`<span class="picture">${told}</span>`;
}

function linked(href: string, content: unknown, view: RunView): unknown {
  const link = Object.hasOwn(view.links, href) ? view.links[href] : undefined;
  if (!link) return content;
  if (link.url === undefined) return html`<a href=${view.articleHref(link)}>${content}</a>`;
  const out = safeHref(link.url, document.baseURI);
  if (!out) return content;
  return html`<a class="external" href=${out} rel="noopener noreferrer external">${content}</a>`;
}
