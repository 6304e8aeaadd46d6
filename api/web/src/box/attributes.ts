import { LitElement, type PropertyDeclarations } from "lit";

import { Client, DEFAULT_TIMEOUT_MS } from "../client/client.ts";
import type { Interface } from "../texts/texts.ts";
import { endpointOf, interfaceOf, wholeNumber } from "./options.ts";
import { RecentSearches } from "./recent.ts";
import type { SearchOptions } from "./searching.ts";
import { DEFAULT_SHORTCUT, parseShortcuts, type Shortcut } from "./shortcut.ts";

interface Service {
  readonly client: Client;
  readonly recent: RecentSearches;
}

/** The element's attributes, and what follows from them. */
export class BoxAttributes extends LitElement {
  static override properties: PropertyDeclarations = {
    endpoint: {},
    locale: {},
    collection: {},
    placeholder: {},
    label: {},
    shortcut: {},
    theme: {},
    target: {},
    answers: {},
    topK: { attribute: "top-k" },
    recent: {},
    timeoutMs: { attribute: "timeout-ms" },
  };

  declare endpoint: string | null;
  declare locale: string | null;
  declare collection: string | null;
  declare placeholder: string | null;
  declare label: string | null;
  declare shortcut: string | null;
  declare theme: string | null;
  declare target: string | null;
  declare answers: string | null;
  declare topK: string | null;
  declare recent: string | null;
  declare timeoutMs: string | null;

  private kept: (Service & { readonly settings: string }) | null = null;

  constructor() {
    super();
    this.endpoint = this.locale = this.collection = this.placeholder = this.label = this.shortcut = null;
    this.theme = this.target = this.answers = this.topK = this.recent = this.timeoutMs = null;
  }

  protected get interface(): Interface {
    return interfaceOf(this.locale, this);
  }

  protected get shortcuts(): readonly Shortcut[] {
    return parseShortcuts(this.shortcut ?? DEFAULT_SHORTCUT);
  }

  protected get recentLimit(): number {
    return this.recent === "off" ? 0 : wholeNumber(this.recent, 5, 0, 20);
  }

  protected get searchOptions(): SearchOptions {
    return {
      client: this.service.client,
      locale: this.locale || undefined,
      collection: this.collection || undefined,
      topK: wholeNumber(this.topK, 6, 1, 50),
      answers: this.answers !== "off",
    };
  }

  /** The client and the recent searches of the present endpoint. */
  protected get service(): Service {
    const endpoint = this.endpoint || endpointOf(import.meta.url);
    const timeoutMs = wholeNumber(this.timeoutMs, DEFAULT_TIMEOUT_MS, 1, 600_000);
    const settings = [endpoint, this.collection ?? "", timeoutMs].join(" ");
    if (this.kept?.settings !== settings) {
      const client = new Client(endpoint, timeoutMs);
      const recent = new RecentSearches(`${client.endpoint.href} ${this.collection ?? ""}`.trim());
      this.kept = { client, recent, settings };
    }
    return this.kept;
  }
}
