import type { Block, Citation, Segment } from "../client/types.ts";

/** What a link into an article points out: translation units, or lines of the file where there are none. */
export interface Cited {
  readonly units: ReadonlySet<string>;
  readonly lines: readonly (readonly [from: number, to: number])[];
}

const NOTHING: Cited = { units: new Set(), lines: [] };
const UNITS = "units=";
const LINES = "lines=";

/** Reads `units=106,p107` or `lines=19-21,30-30`; anything else, such as a heading's anchor, cites nothing. */
export function parseCited(fragment: string): Cited {
  if (fragment.startsWith(UNITS)) {
    return { units: new Set(fragment.slice(UNITS.length).split(",").filter(Boolean)), lines: [] };
  }
  if (!fragment.startsWith(LINES)) return NOTHING;
  const ranges = fragment
    .slice(LINES.length)
    .split(",")
    .map((range) => /^(\d{1,7})-(\d{1,7})$/.exec(range))
    .flatMap((found) => (found ? [[Number(found[1]), Number(found[2])] as const] : []));
  return { units: new Set(), lines: ranges };
}

/** The fragment that points out what citations quote. */
export function fragmentOf(citations: readonly Citation[]): string {
  const units = [...new Set(citations.flatMap((citation) => citation.units))];
  if (units.length) return UNITS + units.join(",");
  if (!citations.length) return "";
  return LINES + citations.map(({ lines: [from, to] }) => `${from}-${to}`).join(",");
}

export function citesSegment(cited: Cited, segment: Segment): boolean {
  if (segment.unit === null) return false;
  return cited.units.has(segment.unit) || segment.covers.some((unit) => cited.units.has(unit));
}

export function citesBlock(cited: Cited, block: Block): boolean {
  const [first, last] = block.lines;
  return (
    block.segments.some((segment) => citesSegment(cited, segment)) ||
    cited.lines.some(([from, to]) => first <= to && from <= last)
  );
}
