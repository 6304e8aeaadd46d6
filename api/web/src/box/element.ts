import { html, nothing, type PropertyValues, type TemplateResult } from "lit";

import { answerStyles } from "../answer/styles.ts";
import { isAborted, RequestFailed } from "../client/errors.ts";
import type { Answer, Citation } from "../client/types.ts";
import type { KbSearchElement } from "../public.ts";
import { tokens } from "../text/tokens.ts";
import type { Interface } from "../texts/texts.ts";
import { announcement } from "./announce.ts";
import { BoxAttributes } from "./attributes.ts";
import { tell } from "./events.ts";
import { field } from "./field.ts";
import type { HelpfulState } from "./helpful.ts";
import { actionOf } from "./keys.ts";
import { optionId } from "./list.ts";
import { type Destination, mayOpen } from "./opening.ts";
import { PageKeys } from "./pagekeys.ts";
import { panel } from "./panel.ts";
import { PanelFit } from "./panelfit.ts";
import { keepForReturn, takeOnReturn } from "./returning.ts";
import { Searching } from "./searching.ts";
import { type BoxState, type Choice, choices, EMPTY, type Found } from "./state.ts";
import { boxStyles } from "./styles.ts";

/** The search box. Its attributes, parts, variables, events and methods are in docs/search-box.md. */
export class KbSearch extends BoxAttributes implements KbSearchElement {
  static override styles = [tokens, answerStyles, boxStyles];
  static override properties = {
    box: { state: true },
    open: { state: true },
    active: { state: true },
    expanded: { state: true },
    showSource: { state: true },
    helpful: { state: true },
    late: { state: true },
  };

  declare private box: BoxState;
  declare private open: boolean;
  declare private active: number;
  declare private expanded: boolean;
  declare private showSource: boolean;
  declare private helpful: HelpfulState;
  /** Whether the answer came when someone was in the list already, which it must not push away. */
  declare private late: boolean;

  private typed = "";
  private readonly fit = new PanelFit(this);
  private readonly pageKeys = new PageKeys(
    this,
    () => this.shortcuts,
    () => {
      this.focus();
      this.input?.select();
    },
  );
  private readonly searching = new Searching(
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

  /** Puts a question into the field, shows what is found for it, and takes the focus. */
  search(query: string): void {
    this.typed = query;
    this.focus();
    this.open = true;
    this.searching.submit(query);
    this.requestUpdate();
  }

  /** Focuses the field. Not by delegatesFocus: that keeps the focus on whatever of the box has it already. */
  override focus(options?: FocusOptions): void {
    this.input?.focus(options);
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

  override render(): TemplateResult {
    const ui = this.interface;
    const all = this.choices;
    const shown = this.open && this.hasPanel(all);
    return html`<div
      class="kb"
      part="box"
      lang=${ui.language}
      dir=${ui.dir}
      data-theme=${this.theme ?? nothing}
      @keydown=${this.onEscapeInside}
      @focusout=${this.onFocusOut}
    >
      ${field({
        interface: ui,
        label: this.label ?? ui.texts.label,
        placeholder: this.placeholder ?? ui.texts.placeholder,
        value: this.typed,
        shortcut: this.shortcuts[0] ?? null,
        expanded: shown && all.length > 0,
        active: shown ? this.active : -1,
        searching: this.box.searching,
        onInput: this.onInput,
        onKey: this.onKey,
        onFocus: this.onFocus,
        onClear: this.onClear,
      })}
      ${shown ? this.panel(ui, all) : nothing}
      <div class="unseen" role="status" aria-live="polite">${announcement(this.box, shown, ui)}</div>
    </div>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("open") && this.open) this.fit.fit();
    if (changed.has("active") && this.active >= 0) {
      this.renderRoot.querySelector(`#${optionId(this.active)}`)?.scrollIntoView({ block: "nearest" });
    }
  }

  private panel(ui: Interface, all: readonly Choice[]): TemplateResult {
    return panel(this.box, all, {
      interface: ui,
      base: this.service.client.endpoint,
      active: this.active,
      target: this.target === "_blank" ? "_blank" : "_self",
      locale: this.locale,
      expanded: this.expanded,
      showSource: this.showSource,
      late: this.late,
      helpful: this.helpful,
      onChoose: (choice, event) => this.choose(choice, event),
      onPoint: (index) => (this.active = index),
      onRetry: () => this.searching.retry(),
      onClearRecent: () => this.clearRecent(),
      onExpand: () => (this.expanded = !this.expanded),
      onShowSource: () => (this.showSource = !this.showSource),
      onOpenAnswer: (citation, event) => this.openAnswer(citation, event),
      onHelpful: (helpful) => void this.sayHelpful(helpful),
    });
  }

  private get choices(): readonly Choice[] {
    return choices(this.box, this.recentLimit ? this.service.recent.read().slice(0, this.recentLimit) : []);
  }

  private get input(): HTMLInputElement | null {
    return this.renderRoot.querySelector("input");
  }

  private get focused(): Element | null {
    return (this.renderRoot as ShadowRoot).activeElement;
  }

  private hasPanel(all: readonly Choice[]): boolean {
    return all.length > 0 || this.box.query.trim() !== "";
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

  private readonly onInput = (event: InputEvent): void => {
    this.typed = (event.target as HTMLInputElement).value;
    this.open = true;
    this.active = -1;
    this.requestUpdate();
    // what an input method is still composing is no word yet
    if (!event.isComposing) this.searching.type(this.typed);
  };

  private readonly onFocus = (): void => {
    this.open = true;
  };

  private readonly onClear = (): void => {
    this.typed = "";
    this.searching.type("");
    this.open = true;
    this.requestUpdate();
    this.focus();
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    const all = this.choices;
    const open = this.open && this.hasPanel(all);
    const context = { open, active: this.active, count: all.length, empty: this.typed === "" };
    const action = actionOf(event, context);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    switch (action.name) {
      case "move":
        this.active = action.to;
        break;
      case "open":
        this.open = true;
        break;
      case "close":
        this.close();
        if (this.typed === "") this.leave();
        break;
      case "clear":
        this.onClear();
        this.close();
        break;
      case "leave":
        this.leave();
        break;
      case "choose":
        this.chooseByKey(all[this.active], event);
        break;
      case "submit":
        this.submit();
        break;
    }
  };

  /** Escape from the answer's links and buttons leads back to the field. */
  private readonly onEscapeInside = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    this.focus();
    this.close();
  };

  private readonly onFocusOut = (event: FocusEvent): void => {
    if (event.relatedTarget instanceof Node && this.renderRoot.contains(event.relatedTarget)) return;
    const left = event.target as Element;
    setTimeout(() => {
      // a button that did its work and is gone takes the focus with it
      if (!left.isConnected && this.open) this.focus();
      else if (document.hasFocus() && !this.renderRoot.contains(this.focused)) this.close();
    });
  };

  private readonly onOnline = (): void => {
    if (this.box.failure?.kind === "offline") this.searching.retry();
  };

  private close(): void {
    this.open = false;
    this.active = -1;
  }

  private leave(): void {
    if (!this.pageKeys.goBack()) this.input?.blur();
  }

  private submit(): void {
    const query = this.typed.trim();
    if (query === "") return;
    this.service.recent.add(query, this.recentLimit);
    if (!tell(this, "kb-submit", { query })) {
      this.close();
      return;
    }
    this.open = true;
    this.searching.submit(query);
  }

  private chooseByKey(choice: Choice | undefined, event: KeyboardEvent): void {
    if (!choice) return;
    const { ctrlKey, metaKey, shiftKey } = event;
    this.renderRoot
      .querySelector(`#${optionId(this.active)}`)
      ?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey, metaKey, shiftKey }));
  }

  private choose(choice: Choice, event: MouseEvent): void {
    if (choice.kind === "hit") {
      const { article, collection, locale, url } = choice.hit;
      this.goTo({ article, collection, locale, url, from: "hit", position: choice.position }, event);
      return;
    }
    tell(this, "kb-choose", { kind: choice.kind, text: choice.text });
    this.typed = choice.text;
    this.service.recent.add(choice.text, this.recentLimit);
    this.searching.submit(choice.text);
    this.requestUpdate();
    this.focus();
  }

  private openAnswer(citation: Citation, event: MouseEvent): void {
    const { article, collection, locale, url } = citation;
    this.goTo({ article, collection, locale, url, from: "answer", position: null }, event);
  }

  private goTo(to: Destination, event: MouseEvent): void {
    const query = this.typed.trim();
    this.service.recent.add(query, this.recentLimit);
    if (mayOpen(this, to, query, this.service.client.endpoint, event)) keepForReturn(query);
    else this.close();
  }

  private clearRecent(): void {
    this.service.recent.clear();
    this.requestUpdate();
    this.focus();
  }

  private async sayHelpful(helpful: boolean): Promise<void> {
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
}
