/**
 * What was typed, for whoever comes back to the page by the browser's back button.
 *
 * Kept for the tab, for this address only, and read once. A page that the browser kept whole needs none of it.
 */
const KEY = "kb-search:return";

interface Kept {
  readonly href: string;
  readonly query: string;
}

export function keepForReturn(query: string): void {
  const kept: Kept = { href: location.href, query };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error; // storage is refused: the field is empty then
  }
}

/** The query, where the page was reached by going back (or forward) to it; null otherwise. */
export function takeOnReturn(): string | null {
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  if (navigation?.type !== "back_forward") return null;
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Kept | null;
    if (kept?.href !== location.href) return null;
    sessionStorage.removeItem(KEY);
    return typeof kept.query === "string" ? kept.query : null;
  } catch (error) {
    if (error instanceof DOMException || error instanceof SyntaxError) return null;
    throw error;
  }
}
