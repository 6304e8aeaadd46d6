import type { CodePointRange } from "../client/types.ts";

export interface Piece {
  readonly text: string;
  readonly marked: boolean;
}

/**
 * A text in pieces, marked where a range says so.
 *
 * Ranges are [from, to) in code points; whatever lies outside the text, runs backwards or overlaps is cut to fit.
 */
export function pieces(text: string, ranges: readonly CodePointRange[]): Piece[] {
  const letters = Array.from(text);
  const found: Piece[] = [];
  let at = 0;
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const start = Math.max(at, from);
    const end = Math.min(letters.length, to);
    if (start >= end) continue;
    if (start > at) found.push({ text: letters.slice(at, start).join(""), marked: false });
    found.push({ text: letters.slice(start, end).join(""), marked: true });
    at = end;
  }
  if (at < letters.length) found.push({ text: letters.slice(at).join(""), marked: false });
  return found;
}

export interface Excerpt {
  readonly text: string;
  readonly ranges: readonly CodePointRange[];
}

/**
 * At most `most` code points of a text around its first range, with "…" where it was cut, and the ranges in it.
 *
 * Blanks and line ends become one blank each: an excerpt is one paragraph.
 */
export function excerpt(text: string, ranges: readonly CodePointRange[], most: number): Excerpt {
  const letters = Array.from(text, (letter) => (/\s/u.test(letter) ? " " : letter));
  if (letters.length <= most) return { text: letters.join(""), ranges };
  const first = ranges.length ? Math.min(...ranges.map((range) => range[0])) : 0;
  const wanted = Math.min(Math.max(0, first - Math.floor(most / 3)), letters.length - most);
  const start = wanted > 0 ? wordStart(letters, wanted, first) : 0;
  const end = Math.min(letters.length, start + most);
  const before = start > 0 ? "…" : "";
  const after = end < letters.length ? "…" : "";
  return {
    text: before + letters.slice(start, end).join("") + after,
    ranges: ranges
      .map(([from, to]) => [Math.max(from, start), Math.min(to, end)] as const)
      .filter(([from, to]) => from < to)
      .map(([from, to]) => [from - start + before.length, to - start + before.length] as const),
  };
}

/** The place after the next blank, where there is one before `latest`; scripts without spaces have none. */
function wordStart(letters: readonly string[], from: number, latest: number): number {
  const blank = letters.indexOf(" ", from);
  return blank >= 0 && blank < latest ? blank + 1 : from;
}
