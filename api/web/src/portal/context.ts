import type { Client } from "../client/client.ts";
import type { Citation } from "../client/types.ts";
import type { Interface } from "../texts/texts.ts";
import { fragmentOf } from "./cited.ts";
import { parseRoute, type ArticleRoute, type Route } from "./route.ts";
import type { PortalTexts } from "./texts/texts.ts";

/** What every view is given. */
export interface Context {
  readonly client: Client;
  readonly interface: Interface;
  readonly portal: PortalTexts;
  readonly root: URL;
  /** The reader's locale, sent with each question. */
  readonly locale: string;
  readonly href: (route: Route) => string;
  /** Replaces the address at hand, as a switch does. */
  readonly replace: (route: Route) => void;
}

/**
 * Where a citation leads: the portal's own page with the quoted place pointed out; an operator's page (KB_ARTICLE_URL)
 * as its address is.
 */
export function citationHref(context: Context, cited: readonly Citation[], source: boolean): string {
  const first = cited[0] as Citation;
  const url = new URL(first.url, context.root);
  if (parseRoute(url, context.root)?.view !== "article") return url.href;
  return context.href({ ...articleRoute(first), source, fragment: fragmentOf(cited) });
}

export function articleRoute(of: {
  readonly article: string;
  readonly locale: string;
  readonly collection: string;
}): ArticleRoute {
  return {
    view: "article",
    path: of.article,
    locale: of.locale,
    collection: of.collection,
    source: false,
    fragment: "",
  };
}
