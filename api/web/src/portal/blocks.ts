import { html, nothing, type TemplateResult } from "lit";
import { html as staticHtml, literal } from "lit/static-html.js";

import type { Article, Block, Part, Segment } from "../client/types.ts";
import { direction } from "../text/direction.ts";
import type { Cited } from "./cited.ts";
import { citesBlock, citesSegment } from "./cited.ts";
import type { Context } from "./context.ts";
import { segmentText, type RunView, type Side } from "./runs.ts";
import { groupsOf, type Group, type Node, treeOf } from "./tree.ts";

/** How an article's blocks are shown. */
export interface BlockView extends RunView {
  readonly context: Context;
  readonly article: Article;
  readonly cited: Cited;
  /** Whether the source stands beside the translation. */
  readonly bilingual: boolean;
  readonly onCopy: (text: string) => void;
}

const HEADINGS = [literal`h2`, literal`h3`, literal`h4`, literal`h5`, literal`h6`];
const ALERTS = ["note", "tip", "important", "caution", "warning"] as const;

/** The article's blocks but its title, in order, lists as lists. */
export function articleBlocks(view: BlockView): TemplateResult {
  const nodes = treeOf(view.article.blocks).filter(({ block }) => !isTitle(block));
  return html`${groups(nodes, view)}`;
}

export function isTitle(block: Block): boolean {
  return block.kind === "heading" && block.level === 1;
}

/** The element id of a heading: its anchor, else its place. */
export function headingId(block: Block, index: number): string {
  return block.anchor || `section-${index}`;
}

function groups(nodes: readonly Node[], view: BlockView): unknown {
  return groupsOf(nodes).map((group) => groupOf(group, view));
}

function groupOf(group: Group, view: BlockView): unknown {
  if (group.kind === "single") return group.nodes.map((node) => single(node, view));
  const items = group.nodes.map(
    (node) => html`<li class=${classes("item", node.block, view)}>
      <span class="item-number">${node.block.kind === "step" ? ordinal(node.block) : "•"}</span>
      <div class="item-body">
        <div class="own">${citedMark(node.block, view)} ${both(node.block, "div", view)}</div>
        ${groups(node.children, view)}
      </div>
    </li>`,
  );
  return group.kind === "steps"
    ? html`<ol class="list" role="list">${items}</ol>`
    : html`<ul class="list" role="list">${items}</ul>`;
}

/** A step's own number; a letter path such as 2.a shows its last part, as the list around it says the rest. */
function ordinal(block: Block): string {
  return block.number === null ? "" : `${block.number.split(".").at(-1) ?? block.number}.`;
}

function single(node: Node, view: BlockView): unknown {
  const { block } = node;
  switch (block.kind) {
    case "heading":
      return heading(node, view);
    case "table":
      return bothSides(block, view, (side) => table(block, side, view));
    case "code":
      return code(block, view);
    case "note":
    case "quote":
      return note(node, view);
    default:
      return html`<div class=${classes("paragraph", block, view)}>
        <div class="own">
          ${citedMark(block, view)} ${block.parts?.length ? lines(block, view) : both(block, "p", view)}
        </div>
        ${groups(node.children, view)}
      </div>`;
  }
}

/** The heading alone is one: neither its link nor its source is part of what a list of headings says. */
function heading(node: Node, view: BlockView): TemplateResult {
  const { block, index } = node;
  const id = headingId(block, index);
  const level = Math.min(Math.max(block.level, 2), 6);
  const tag = HEADINGS[level - 2] ?? literal`h6`;
  const own = staticHtml`<${tag} id=${id} tabindex="-1">${segments(block.segments, "target", view)}</${tag}>`;
  const { language, dir } = view.context.interface;
  const anchor = html`<a
    class="anchor no-print"
    href=${view.articleHref({ anchor: id })}
    lang=${language}
    dir=${dir}
    aria-label=${view.texts.anchor}
    aria-describedby=${id}
    ><span aria-hidden="true">#</span></a
  >`;
  return html`<div class=${classes(`section level-${level}`, block, view)}>
    ${bothSides(block, view, (side) =>
      side === "target" ? html`${own}${anchor}` : html`${segments(block.segments, "source", view)}`,
    )}
  </div>`;
}

function note(node: Node, view: BlockView): TemplateResult {
  const { block } = node;
  const alert = ALERTS.find((name) => name === block.alert?.toLowerCase());
  const body = html`<div class="own">${citedMark(block, view)}${both(block, "p", view)}</div>
    ${groups(node.children, view)}`;
  if (block.kind === "quote" || !alert) {
    return html`<blockquote class=${classes("quote", block, view)}>${body}</blockquote>`;
  }
  return html`<div role="note" aria-label=${view.texts[alert]} class=${classes(`alert alert-${alert}`, block, view)}>
    <p class="alert-label" aria-hidden="true">${view.texts[alert]}</p>
    ${body}
  </div>`;
}

/** Lines that have letters of their own, or are quoted one by one. */
function lines(block: Block, view: BlockView): TemplateResult {
  const part = (each: Part, side: Side): unknown => segments(slice(block, each), side, view);
  return html`${bothSides(
    block,
    view,
    (side) => html`${(block.parts ?? []).map((each) => html`<p class="line">${part(each, side)}</p>`)}`,
  )}`;
}

function code(block: Block, view: BlockView): TemplateResult {
  const text = joined(block.segments, "target");
  const copy = navigator.clipboard
    ? html`<button type="button" class="quiet copy no-print" lang=${view.context.interface.language} @click=${() => view.onCopy(text)}>
        ${view.texts.copyCode}
      </button>`
    : nothing;
  return html`<div class=${classes("code", block, view)} dir="ltr">
    ${citedMark(block, view)}
    <div class="code-head">
      <span aria-hidden="true">${block.language ?? view.texts.code}</span>
      ${copy}
    </div>
    <pre tabindex="0" role="region" aria-label=${view.texts.code}><code>${text}</code></pre>
  </div>`;
}

function table(block: Block, side: Side, view: BlockView): TemplateResult {
  const rows = block.parts ?? [];
  const cells = (row: Part): readonly (readonly Segment[])[] =>
    row.cells.map(([from, to]) => block.segments.slice(from, to));
  const head = rows.filter((row) => row.header);
  const body = rows.filter((row) => !row.header);
  const cited = (row: Part): boolean =>
    slice(block, row).some((segment) => citesSegment(view.cited, segment)) ||
    view.cited.lines.some(([from, to]) => row.lines[0] <= to && from <= row.lines[1]);
  return html`<div class="table" tabindex="0" role="region" aria-label=${view.texts.table}>
    <table>
      ${head.length
        ? html`<thead>
            ${head.map(
              (row) => html`<tr>
                ${cells(row).map((cell) => html`<th scope="col">${segments(cell, side, view)}</th>`)}
              </tr>`,
            )}
          </thead>`
        : nothing}
      <tbody>
        ${body.map(
          (row) => html`<tr class=${cited(row) ? "cited" : ""}>
            ${cells(row).map((cell) => html`<td>${segments(cell, side, view)}</td>`)}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A block's text, and its source beside it. */
function both(block: Block, tag: "p" | "div", view: BlockView): unknown {
  if (!block.segments.length) return nothing;
  return bothSides(block, view, (side) => {
    const text = segments(block.segments, side, view);
    return tag === "p" ? html`<p>${text}</p>` : html`<span class="text">${text}</span>`;
  });
}

function bothSides(block: Block, view: BlockView, shown: (side: Side) => TemplateResult): TemplateResult {
  const { article } = view;
  const target = html`<div class="side" lang=${article.locale} dir=${direction(article.locale)}>${shown("target")}</div>`;
  const hasSource = block.segments.some((segment) => segment.source !== null);
  if (!view.bilingual || !hasSource) return target;
  return html`<div class="sides">
    ${target}
    <div class="side source" lang=${article.source_locale} dir=${direction(article.source_locale)}>
      <span class="unseen">${view.context.interface.texts.original}: </span>${shown("source")}
    </div>
  </div>`;
}

function segments(all: readonly Segment[], side: Side, view: BlockView): unknown {
  return all
    .filter((segment) => !segment.marker)
    .map((segment, index) => {
      const glue = index === 0 ? "" : (segment.glue ?? "");
      const text = segmentText(segment, side, view);
      return citesSegment(view.cited, segment)
        ? html`${glue}<span class="cited-text" data-unit=${segment.unit ?? nothing}>${text}</span>`
        : html`${glue}${text}`;
    });
}

function joined(all: readonly Segment[], side: Side): string {
  return all
    .map((segment, index) => (index ? (segment.glue ?? "") : "") + (side === "target" ? segment.target : (segment.source ?? "")))
    .join("");
}

function slice(block: Block, part: Part): readonly Segment[] {
  return block.segments.slice(part.cells[0]?.[0] ?? 0, part.cells.at(-1)?.[1] ?? 0);
}

function classes(name: string, block: Block, view: BlockView): string {
  return citesBlock(view.cited, block) && block.kind !== "table" ? `${name} cited` : name;
}

/** Says what colour says: that the block is quoted. */
function citedMark(block: Block, view: BlockView): TemplateResult | typeof nothing {
  return citesBlock(view.cited, block) ? html`<span class="unseen">${view.texts.cited}: </span>` : nothing;
}
