import { html, type TemplateResult } from "lit";

import type { CodePointRange } from "../client/types.ts";
import { direction } from "./direction.ts";
import { pieces } from "./ranges.ts";

/**
 * A text in its own language and direction, ranges marked, as text nodes: nothing in it is ever read as HTML.
 *
 * <bdi> keeps what the text does to direction (bidi controls without an end, say) inside it.
 */
export function foreign(
  text: string,
  locale: string,
  ranges: readonly CodePointRange[] = [],
): TemplateResult {
  const marked = pieces(text, ranges).map((piece) =>
    piece.marked ? html`<mark part="mark">${piece.text}</mark>` : piece.text,
  );
  return html`<bdi lang=${locale} dir=${direction(locale)}>${marked}</bdi>`;
}

/** A text whose language nobody knows, such as what someone typed. */
export function unknown(text: string): TemplateResult {
  return html`<bdi>${text}</bdi>`;
}
