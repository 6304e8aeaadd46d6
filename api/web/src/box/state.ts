import type { RequestFailed } from "../client/errors.ts";
import type { Answer, Hit, SearchResult, Suggestion } from "../client/types.ts";

/** What was found for a query, drawn until the next query's results are there. */
export interface Found {
  readonly query: string;
  readonly result: SearchResult;
  readonly suggestions: readonly Suggestion[];
}

/**
 * What the box knows.
 *
 * found    of the query, or while `searching` of one before it
 * slow     whether the search takes longer than people expect
 * answer   of `found.query`; null until it is there
 * failure  why there are no results for the query
 */
export interface BoxState {
  readonly query: string;
  readonly searching: boolean;
  readonly slow: boolean;
  readonly found: Found | null;
  readonly answer: Answer | null;
  readonly failure: RequestFailed | null;
}

export const EMPTY: BoxState = {
  query: "",
  searching: false,
  slow: false,
  found: null,
  answer: null,
  failure: null,
};

/** An option of the list box. */
export type Choice =
  | { readonly kind: "recent"; readonly text: string }
  | { readonly kind: "correction"; readonly text: string }
  | { readonly kind: "suggestion"; readonly text: string; readonly locale: string | null }
  | { readonly kind: "hit"; readonly hit: Hit; readonly position: number };

const MOST_SUGGESTIONS = 3;

/** The options in order: earlier searches while nothing is typed; else the correction, suggestions and hits. */
export function choices(state: BoxState, recent: readonly string[]): Choice[] {
  if (state.query.trim() === "") return recent.map((text) => ({ kind: "recent", text }));
  const { found } = state;
  if (!found || state.failure) return [];
  // the correction has been searched already: where nothing answers, it does not either
  const correction = isNone(state) ? null : found.result.did_you_mean;
  return [
    ...(correction ? [{ kind: "correction" as const, text: correction }] : []),
    ...newSuggestions(found).map(({ text, locale }) => ({ kind: "suggestion" as const, text, locale })),
    ...found.result.hits.map((hit, index) => ({ kind: "hit" as const, hit, position: index + 1 })),
  ];
}

/** Suggestions that say more than what was typed and than the hits. */
function newSuggestions({ query, result, suggestions }: Found): readonly Suggestion[] {
  const { hits } = result;
  const said = new Set([folded(query), ...hits.map((hit) => folded(hit.title))]);
  const shown = new Set(hits.map((hit) => `${hit.collection}\n${hit.article}`));
  return suggestions
    .filter(({ text, collection, article }) => !said.has(folded(text)) && !shown.has(`${collection}\n${article}`))
    .slice(0, MOST_SUGGESTIONS);
}

function folded(text: string): string {
  return text.normalize("NFKC").toLowerCase().trim().replace(/\s+/gu, " ");
}

/**
 * Whether nothing was found: no hit at all, or none that answers by the service's own judgement.
 *
 * That judgement is about questions. One or two words ask for a list of articles, and where these have the words,
 * the list is what was wanted.
 */
export function isNone(state: BoxState): boolean {
  const { found, answer, failure } = state;
  if (!found || failure || found.query !== state.query.trim()) return false;
  const { hits } = found.result;
  if (hits.length === 0) return true;
  return answer?.outcome === "none" && (words(found.query) > 2 || hits.every((hit) => !hit.highlights.length));
}

function words(text: string): number {
  const parts = new Intl.Segmenter(undefined, { granularity: "word" }).segment(text);
  return [...parts].filter((part) => part.isWordLike).length;
}
