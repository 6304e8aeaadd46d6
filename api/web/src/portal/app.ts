import { html, LitElement, nothing, type TemplateResult } from "lit";

import type { KbEvents } from "../box/events.ts";
import type { KbSearch } from "../box/element.ts";
import { Client } from "../client/client.ts";
import type { Answer, Article, SearchResult } from "../client/types.ts";
import { interfaceFor, type InterfaceLanguage } from "../texts/texts.ts";
import { articlePage } from "./article.ts";
import type { KbChat } from "./chat.ts";
import { parseCited } from "./cited.ts";
import { articleRoute, type Context } from "./context.ts";
import { pageHeader } from "./header.ts";
import { type Arrival, Navigation } from "./navigation.ts";
import { chosenLanguage, keepLanguage } from "./preferences.ts";
import { Resource } from "./resource.ts";
import { parseRoute, type ArticleRoute, type ResultsRoute, type Route } from "./route.ts";
import { resultsPage } from "./results.ts";
import { portalTexts } from "./texts/texts.ts";

const TIMEOUT_MS = 30_000;
const HITS = 8;

/** A page that is on its way: how it was come to, where it was scrolled to, what had the focus, what the box held. */
interface Pending {
  readonly arrival: Arrival;
  readonly scroll: number;
  readonly focus: Element | null;
  readonly typed: string | undefined;
}

/** The portal page: what the address says, in the reader's language. */
export class KbPortal extends LitElement {
  private readonly root = new URL(document.documentElement.dataset["root"] || "./", location.href.replace(/[?#].*/s, ""));
  private readonly client = new Client(this.root, TIMEOUT_MS);
  private readonly navigation = new Navigation(this.root, (route, arrival) => this.arrive(route, arrival));
  private readonly answer = new Resource<Answer>(() => this.changed());
  private readonly found = new Resource<SearchResult>(() => this.requestUpdate());
  private readonly article = new Resource<Article>(() => this.changed());
  private chosen: InterfaceLanguage | null = chosenLanguage();
  private said = "";
  /** What is to be done once the page that was asked for is drawn. */
  private pending: Pending | null = null;
  /** The arrival whose question the box has got. */
  private filled: Pending | null = null;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.navigation.start();
    addEventListener("online", this.onOnline);
    this.arrive(this.navigation.route, "load");
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.navigation.stop();
    removeEventListener("online", this.onOnline);
  }

  override render(): TemplateResult {
    const { context } = this;
    const { route } = this.navigation;
    const { portal } = context;
    const home = route.view === "home";
    return html`<a class="skip no-print" href="#content" @click=${this.onSkip}>${portal.skip}</a>
      ${pageHeader(context, {
        onLanguage: this.onLanguage,
        onChat: () => void this.toggleChat(),
        chatOpen: this.chat?.open ?? false,
        search: home ? nothing : this.searchBox(),
      })}
      <main id="content" tabindex="-1" class=${`page page-${route.view}`}>
        ${home
          ? html`<div class="hero">
              <h1 tabindex="-1">${portal.heroTitle}</h1>
              <p>${portal.heroHint}</p>
              <div class="hero-search">${this.searchBox()}</div>
            </div>`
          : route.view === "results"
            ? this.results(context, route)
            : this.articleView(context, route)}
      </main>
      <kb-chat .context=${context} .collection=${route.collection} @kb-chat-close=${() => this.requestUpdate()}></kb-chat>
      <div class="unseen" role="status">${this.said}</div>`;
  }

  protected override updated(): void {
    const { interface: ui } = this.context;
    document.documentElement.lang = ui.language;
    document.documentElement.dir = ui.dir;
    document.title = this.pageTitle;
    this.fillBox();
    void this.settle();
  }

  private get context(): Context {
    const { route } = this.navigation;
    const language = this.chosen;
    const ui = interfaceFor(language ? [language] : navigator.languages);
    return {
      client: this.client,
      interface: ui,
      portal: portalTexts(ui.language),
      root: this.root,
      locale: route.locale ?? this.ownLocale,
      href: (to) => this.navigation.href(to),
      replace: (to) => this.navigation.go(to, { replace: true }),
    };
  }

  /** The reader's, whatever the article at hand is written in. */
  private get ownLocale(): string {
    return this.chosen ?? navigator.languages[0] ?? "en";
  }

  private get chat(): KbChat | null {
    return this.querySelector("kb-chat");
  }

  private get box(): KbSearch | null {
    return this.querySelector<KbSearch>("kb-search");
  }

  private get pageTitle(): string {
    const { route } = this.navigation;
    const { portal } = this.context;
    switch (route.view) {
      case "home":
        return portal.name;
      case "results":
        return `${route.question} – ${portal.name}`;
      case "article":
        if (this.article.current.state === "done") return `${this.article.current.value.title} – ${portal.name}`;
        return portal.name;
    }
  }

  private searchBox(): TemplateResult {
    const { context } = this;
    return html`<kb-search
      endpoint=${this.root.href}
      locale=${this.navigation.route.view === "article" ? this.ownLocale : context.locale}
      collection=${this.navigation.route.collection ?? nothing}
      @kb-submit=${this.onSubmit}
      @kb-open=${this.onOpen}
    ></kb-search>`;
  }

  private results(context: Context, route: ResultsRoute): TemplateResult {
    const answer = this.answer.current;
    const answered = answer.state === "done" && answer.value.outcome === "answered" ? answer.value : null;
    return resultsPage(context, {
      route,
      answer,
      found: this.found.current,
      onRetry: () => this.load(route),
      onFollowUp: answered ? () => void this.followUp(route.question, answered) : null,
    });
  }

  private articleView(context: Context, route: ArticleRoute): TemplateResult | typeof nothing {
    return articlePage(context, {
      route,
      article: this.article.current,
      question: this.navigation.kept.question ?? null,
      onRetry: () => this.load(route),
      onCopy: (text) => void this.copy(text),
      onPrint: () => print(),
    });
  }

  private arrive(route: Route, arrival: Arrival): void {
    const scroll = this.navigation.kept.scroll ?? 0;
    this.pending = { arrival, scroll, focus: document.activeElement, typed: this.box?.value };
    this.said = "";
    this.load(route);
    this.requestUpdate();
  }

  private load(route: Route): void {
    const { locale, client } = this.context;
    const collection = route.collection ?? undefined;
    if (route.view === "results") {
      const key = JSON.stringify([route.question, locale, collection]);
      const { question } = route;
      void this.answer.load(key, (signal) => client.ask({ question, locale, collection }, { signal }));
      void this.found.load(key, (signal) => client.search({ q: question, locale, collection, top_k: HITS }, { signal }));
    } else if (route.view === "article") {
      const key = JSON.stringify([route.path, locale, collection]);
      void this.article.load(key, (signal) => client.article(route.path, { locale, collection }, { signal }));
    }
  }

  private changed(): void {
    const { current } = this.answer;
    if (this.navigation.route.view === "results" && current.state === "done") {
      const { portal } = this.context;
      const told = { answered: portal.answered, related: portal.relatedTitle, none: portal.noneTitle };
      this.said = told[current.value.outcome];
    }
    this.requestUpdate();
  }

  /** Whether as much of a page is drawn as is needed to go to its place in it. */
  private drawn(arrival: Arrival): boolean {
    const { view } = this.navigation.route;
    // the head of a question's page is there before its answer: whoever waits may go on to something else
    if (view === "home" || (view === "results" && arrival === "link")) return true;
    const { state } = view === "results" ? this.answer.current : this.article.current;
    return state === "done" || state === "failed";
  }

  /** Focus and scroll position of a page that has just come. */
  private async settle(): Promise<void> {
    const { pending } = this;
    if (!pending || !this.drawn(pending.arrival)) return;
    this.pending = null;
    await this.updateComplete;
    const { route } = this.navigation;
    const elsewhere = this.elsewhere(pending);
    const cited = route.view === "article" && route.fragment ? this.place(route.fragment) : null;
    if (pending.arrival === "switch") return;
    if (pending.arrival === "history" && pending.scroll > 0) {
      scrollTo(0, pending.scroll);
    } else if (cited) {
      cited.scrollIntoView({ block: cited.matches("h2,h3,h4,h5,h6") ? "start" : "center" });
      if (cited.tabIndex === -1 && cited.hasAttribute("tabindex")) cited.focus({ preventScroll: true });
    } else if (pending.arrival === "link") {
      scrollTo(0, 0);
    }
    if (pending.arrival === "link" && !cited && !elsewhere) {
      this.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
    }
  }

  /** Whether the reader went on to something else while the page was on its way: the focus is to stay there. */
  private elsewhere({ focus, typed }: Pending): boolean {
    const active = document.activeElement;
    if (active !== focus) return active !== null && active !== document.body;
    return active !== null && active === this.box && this.box?.value !== typed;
  }

  /** Puts the question of a page that has just come into the box, once: what is typed while it is answered stays. */
  private fillBox(): void {
    const { route } = this.navigation;
    const { box } = this;
    if (!this.pending || this.pending.arrival === "switch" || route.view !== "results" || !box) return;
    if (this.filled === this.pending) return;
    this.filled = this.pending;
    if (box.value !== route.question) box.value = route.question;
  }

  /** The element that a fragment points out. */
  private place(fragment: string): HTMLElement | null {
    const { units, lines } = parseCited(fragment);
    if (units.size || lines.length) return this.querySelector(".cited-text, .cited");
    const found = document.getElementById(fragment);
    return found && this.contains(found) ? found : null;
  }

  private async toggleChat(): Promise<void> {
    if (this.chat?.open) this.chat.close();
    else await this.chat?.show();
    this.requestUpdate();
  }

  private async followUp(question: string, answer: Answer): Promise<void> {
    await this.chat?.show({ question, answer });
    this.requestUpdate();
  }

  private async copy(text: string): Promise<void> {
    await navigator.clipboard.writeText(text);
    this.said = this.context.portal.copied;
    this.requestUpdate();
  }

  private readonly onSkip = (event: MouseEvent): void => {
    event.preventDefault();
    this.querySelector<HTMLElement>("main")?.focus();
  };

  private readonly onLanguage = (language: InterfaceLanguage): void => {
    this.chosen = language;
    keepLanguage(language);
    const { route } = this.navigation;
    // the switch is for what is read, too; an article's own languages have a switch of their own
    this.navigation.go({ ...route, locale: route.view === "article" ? route.locale : null }, { replace: true });
  };

  private readonly onSubmit = (event: CustomEvent<KbEvents["kb-submit"]>): void => {
    event.preventDefault();
    const question = event.detail.query.trim();
    if (!question) return;
    const { route } = this.navigation;
    const { collection } = route;
    const locale = route.view === "article" ? null : route.locale;
    this.navigation.go({ view: "results", question, locale, collection, source: false });
  };

  /** An article of the box's, unless the operator has pages of their own for it. */
  private readonly onOpen = (event: CustomEvent<KbEvents["kb-open"]>): void => {
    const { detail } = event;
    if (parseRoute(new URL(detail.url, this.root), this.root)?.view !== "article") return;
    event.preventDefault();
    this.navigation.go(articleRoute(detail), { question: detail.query });
    (event.target as KbSearch).blur();
  };

  private readonly onOnline = (): void => {
    if ([this.answer, this.article].some(({ current }) => current.state === "failed")) this.load(this.navigation.route);
  };
}
