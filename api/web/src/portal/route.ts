/** What the page shows, as its address says it: every view can be shared, reloaded and gone back to. */
export type Route = HomeRoute | ResultsRoute | ArticleRoute;

interface Shown {
  /** The reader's locale, where the address names one. */
  readonly locale: string | null;
  readonly collection: string | null;
}

export interface HomeRoute extends Shown {
  readonly view: "home";
}

export interface ResultsRoute extends Shown {
  readonly view: "results";
  readonly question: string;
  /** Whether the source stands beside the translation. */
  readonly source: boolean;
}

export interface ArticleRoute extends Shown {
  readonly view: "article";
  readonly path: string;
  readonly source: boolean;
  /** What follows the `#`, decoded: a heading's anchor, or what is cited (see cited.ts). */
  readonly fragment: string;
}

const ARTICLES = "a/";

/** The route of an address below `root`, null for one that is none of the portal's pages. */
export function parseRoute(url: URL, root: URL): Route | null {
  if (url.origin !== root.origin || !url.pathname.startsWith(root.pathname)) return null;
  const below = url.pathname.slice(root.pathname.length);
  const given = url.searchParams;
  const shown = { locale: given.get("locale") || null, collection: given.get("collection") || null };
  const source = given.get("source") === "1";
  if (below === "") {
    const question = given.get("q")?.trim();
    return question ? { view: "results", question, source, ...shown } : { view: "home", ...shown };
  }
  if (!below.startsWith(ARTICLES) || below === ARTICLES) return null;
  const path = decoded(below.slice(ARTICLES.length));
  return { view: "article", path, source, fragment: decoded(url.hash.slice(1)), ...shown };
}

/** The address of a route. */
export function addressOf(route: Route, root: URL): URL {
  const below = route.view === "article" ? ARTICLES + route.path.split("/").map(encodeURIComponent).join("/") : "";
  const url = new URL(below, root);
  if (route.view === "results") url.searchParams.set("q", route.question);
  if (route.locale) url.searchParams.set("locale", route.locale);
  if (route.collection && route.collection !== "default") url.searchParams.set("collection", route.collection);
  if (route.view !== "home" && route.source) url.searchParams.set("source", "1");
  if (route.view === "article" && route.fragment) url.hash = encodeURIComponent(route.fragment);
  return url;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text; // half an escape: somebody's own
    throw error;
  }
}
