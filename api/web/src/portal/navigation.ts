import { addressOf, parseRoute, type Route } from "./route.ts";

/** What the history keeps of a page beside its address. */
export interface Kept {
  /** Where the page was scrolled to when it was left. */
  readonly scroll?: number;
  /** The question that led here, for the feedback. */
  readonly question?: string | undefined;
}

export type Arrival = "load" | "link" | "history" | "switch";

/** The portal's pages without loading the document anew: addresses, history and scroll positions. */
export class Navigation {
  route: Route;

  constructor(
    readonly root: URL,
    private readonly onRoute: (route: Route, arrival: Arrival) => void,
  ) {
    this.route = this.here();
  }

  start(): void {
    history.scrollRestoration = "manual";
    window.addEventListener("popstate", this.arrive);
    document.addEventListener("click", this.click);
  }

  stop(): void {
    window.removeEventListener("popstate", this.arrive);
    document.removeEventListener("click", this.click);
  }

  get kept(): Kept {
    return (history.state as Kept | null) ?? {};
  }

  href(route: Route): string {
    return addressOf(route, this.root).href;
  }

  /** Shows a route; `replace` stands in for the address at hand, as a toggle does. */
  go(route: Route, how: { readonly replace?: boolean; readonly question?: string | undefined } = {}): void {
    const url = addressOf(route, this.root);
    if (how.replace) {
      history.replaceState(this.kept, "", url);
      this.route = route;
      this.onRoute(route, "switch");
      return;
    }
    this.leave();
    history.pushState({ question: how.question } satisfies Kept, "", url);
    this.route = route;
    this.onRoute(route, "link");
  }

  private here(): Route {
    return parseRoute(new URL(location.href), this.root) ?? { view: "home", locale: null, collection: null };
  }

  /** Keeps the place on the page for whoever comes back. */
  private leave(): void {
    history.replaceState({ ...this.kept, scroll: window.scrollY } satisfies Kept, "");
  }

  private readonly arrive = (): void => {
    this.route = this.here();
    this.onRoute(this.route, "history");
  };

  /** A plain click on a link to one of the portal's pages. */
  private readonly click = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
    if (!link || (link.target && link.target !== "_self") || link.hasAttribute("download")) return;
    const url = new URL(link.href, document.baseURI);
    const route = parseRoute(url, this.root);
    if (!route) return;
    const samePage = url.pathname === location.pathname && url.search === location.search;
    if (samePage && route.view !== "article") {
      if (!url.hash) event.preventDefault();
      return;
    }
    event.preventDefault();
    const asked = this.route.view === "results" ? this.route.question : undefined;
    this.go(route, { question: link.dataset["question"] ?? asked });
  };
}
