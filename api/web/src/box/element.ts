import { html, nothing, type PropertyValues, type TemplateResult } from "lit";

import { answerStyles } from "../answer/styles.ts";
import type { Citation } from "../client/types.ts";
import type { KbSearchElement } from "../public.ts";
import { tokens } from "../text/tokens.ts";
import type { Interface } from "../texts/texts.ts";
import { announcement } from "./announce.ts";
import { tell } from "./events.ts";
import { field } from "./field.ts";
import { fieldStyles } from "./fieldstyles.ts";
import { BoxFinding } from "./finding.ts";
import { actionOf } from "./keys.ts";
import { optionId } from "./list.ts";
import { listStyles } from "./liststyles.ts";
import { type Destination, mayOpen } from "./opening.ts";
import { PageKeys } from "./pagekeys.ts";
import { panel } from "./panel.ts";
import { PanelFit } from "./panelfit.ts";
import { panelStyles } from "./panelstyles.ts";
import { keepForReturn } from "./returning.ts";
import type { Choice } from "./state.ts";

/** The search box. Its attributes, parts, variables, events and methods are in docs/search-box.md. */
export class KbSearch extends BoxFinding implements KbSearchElement {
  static override styles = [tokens, answerStyles, fieldStyles, panelStyles, listStyles];

  private readonly fit = new PanelFit(this);
  private readonly pageKeys = new PageKeys(
    this,
    () => this.shortcuts,
    () => {
      this.focus();
      this.input?.select();
    },
  );

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

  private get input(): HTMLInputElement | null {
    return this.renderRoot.querySelector("input");
  }

  private get focused(): Element | null {
    return (this.renderRoot as ShadowRoot).activeElement;
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
}
