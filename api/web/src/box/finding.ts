import type { PropertyDeclarations } from "lit";

import { isAborted, RequestFailed } from "../client/errors.ts";
import type { Answer } from "../client/types.ts";
import { BoxAttributes } from "./attributes.ts";
import { tell } from "./events.ts";
import type { HelpfulState } from "./helpful.ts";
import { takeOnReturn } from "./returning.ts";
import { Searching } from "./searching.ts";
import { type BoxState, type Choice, choices, EMPTY, type Found } from "./state.ts";

/** What is typed, what is found for it, and how much of that is shown: what the box draws. */
export class BoxFinding extends BoxAttributes {
  static override properties: PropertyDeclarations = {
    box: { state: true },
    open: { state: true },
    active: { state: true },
    expanded: { state: true },
    showSource: { state: true },
    helpful: { state: true },
    late: { state: true },
  };

  declare protected box: BoxState;
  declare protected open: boolean;
  declare protected active: number;
  declare protected expanded: boolean;
  declare protected showSource: boolean;
  declare protected helpful: HelpfulState;
  /** Whether the answer came when someone was in the list already, which it must not push away. */
  declare protected late: boolean;

  protected typed = "";
  protected readonly searching = new Searching(
    () => this.searchOptions,
    {
      changed: (state) => this.changed(state),
      found: (found, started) => void this.tellResults(found, started),
      answered: (query, answer) => this.tellAnswer(query, answer),
      failed: (query, { kind, problem }) => tell(this, "kb-error", { query, kind, problem }),
    },
  );

  constructor() {
    super();
    this.box = EMPTY;
    this.open = this.expanded = this.showSource = this.late = false;
    this.active = -1;
    this.helpful = "open";
  }

  /** What the field holds. */
  get value(): string {
    return this.typed;
  }

  set value(text: string) {
    this.typed = text;
    this.searching.type(text);
    this.requestUpdate();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("online", this.onOnline);
    if (this.box.searching) this.searching.retry(); // moved within the page, which ended the search
    const returned = takeOnReturn();
    if (returned !== null && this.typed === "") this.value = returned;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("online", this.onOnline);
    this.searching.stop();
  }

  protected get choices(): readonly Choice[] {
    return choices(this.box, this.recentLimit ? this.service.recent.read().slice(0, this.recentLimit) : []);
  }

  protected hasPanel(all: readonly Choice[]): boolean {
    return all.length > 0 || this.box.query.trim() !== "";
  }

  protected async sayHelpful(helpful: boolean): Promise<void> {
    const { found, answer } = this.box;
    if (!found || !answer) return;
    const article = answer.citations[0]?.article;
    tell(this, "kb-feedback", { query: found.query, article: article ?? null, helpful });
    try {
      const { generation } = answer;
      await this.service.client.feedback({ generation, question: found.query, article, helpful });
      this.helpful = "sent";
    } catch (error) {
      if (isAborted(error)) return;
      if (!(error instanceof RequestFailed)) throw error;
      this.helpful = "failed";
    }
  }

  private async tellResults(found: Found, started: number): Promise<void> {
    await this.updateComplete;
    tell(this, "kb-results", {
      query: found.query,
      hits: found.result.hits.length,
      generation: found.result.generation,
      detectedLang: found.result.detected_lang,
      tookMs: performance.now() - started,
    });
  }

  private tellAnswer(query: string, { outcome, confidence, citations }: Answer): void {
    tell(this, "kb-answer", { query, outcome, confidence, article: citations[0]?.article ?? null });
  }

  private changed(state: BoxState): void {
    if (state.found !== this.box.found || state.query === "") {
      this.active = -1;
      this.expanded = false;
      this.helpful = "open";
      this.late = false;
    }
    if (state.answer && !this.box.answer) {
      const pointed = this.renderRoot.querySelector(".list:hover") !== null;
      this.late = this.active >= 0 || pointed;
    }
    this.box = state;
  }

  private readonly onOnline = (): void => {
    if (this.box.failure?.kind === "offline") this.searching.retry();
  };
}
