import { html, LitElement, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";

import { stepList } from "../answer/steps.ts";
import { translationMark } from "../answer/marks.ts";
import type { Answer } from "../client/types.ts";
import { foreign, unknown } from "../text/text.ts";
import { filled } from "../texts/fill.ts";
import { citationHref, type Context } from "./context.ts";
import { Conversation, type Turn } from "./conversation.ts";
import { failureNotice } from "./failure.ts";
import { citeLink, contactLink, hitList } from "./results.ts";

const MAX_QUESTION = 2_000;

/** The chat: a dialog beside the page that leaves the page usable; over it where there is little room. */
export class KbChat extends LitElement {
  static override properties = { context: {}, collection: {}, open: { type: Boolean, reflect: true } };

  declare context: Context;
  declare collection: string | null;
  declare open: boolean;
  private draft = "";
  private cameFrom: HTMLElement | null = null;
  private readonly conversation = new Conversation(() => this.requestUpdate());

  constructor() {
    super();
    this.open = false;
    this.collection = null;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** Opens the chat, `after` an answer given elsewhere where there is one, and takes the focus. */
  async show(after?: { readonly question: string; readonly answer: Answer }): Promise<void> {
    this.cameFrom = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    if (after) this.conversation.begin(after.question, after.answer);
    this.open = true;
    await this.updateComplete;
    this.querySelector("textarea")?.focus();
  }

  close(): void {
    this.open = false;
    this.cameFrom?.focus();
    this.dispatchEvent(new CustomEvent("kb-chat-close"));
  }

  override render(): TemplateResult | typeof nothing {
    if (!this.open) return nothing;
    const { portal } = this.context;
    const { turns, busy } = this.conversation;
    return html`<section
      class="chat no-print"
      role="dialog"
      aria-modal="false"
      aria-labelledby="chat-title"
      @keydown=${this.onKey}
    >
      <div class="chat-head">
        <h2 id="chat-title">${portal.chatTitle}</h2>
        <button type="button" class="quiet" ?disabled=${!turns.length} @click=${this.onNew}>${portal.chatNew}</button>
        <button type="button" class="icon-button" aria-label=${portal.chatClose} @click=${() => this.close()}>
          <span aria-hidden="true">✕</span>
        </button>
      </div>
      <div class="chat-turns" tabindex="0" role="log" aria-label=${portal.chatTitle} aria-live="off">
        ${turns.length
          ? repeat(
              turns,
              (_, index) => index,
              (turn, index) => this.turn(turn, index === turns.length - 1),
            )
          : html`<p class="hint">${portal.chatEmpty}</p>`}
      </div>
      <div class="unseen" role="status">${this.told(turns.at(-1))}</div>
      <form class="chat-form" @submit=${this.onSubmit}>
        <label class="unseen" for="chat-question">${portal.chatField}</label>
        <textarea
          id="chat-question"
          rows="2"
          maxlength=${MAX_QUESTION}
          placeholder=${portal.chatField}
          dir="auto"
          .value=${live(this.draft)}
          @input=${this.onInput}
        ></textarea>
        ${busy
          ? html`<button type="button" class="button" @click=${() => this.conversation.abort()}>${portal.chatStop}</button>`
          : html`<button type="submit" class="button">${portal.send}</button>`}
      </form>
    </section>`;
  }

  protected override updated(): void {
    const turns = this.querySelector(".chat-turns");
    const last = turns?.querySelector(".turn:last-child");
    // the question stays in sight while its answer comes below it
    if (turns && last && this.conversation.busy) turns.scrollTop = (last as HTMLElement).offsetTop;
  }

  /** What a screen reader is told: that something happened, not each piece of text. */
  private told(turn: Turn | undefined): string {
    const { portal } = this.context;
    if (!turn) return "";
    switch (turn.state) {
      case "streaming":
        return portal.answering;
      case "broken":
        return portal.broken;
      case "stopped":
        return portal.stopped;
      case "failed":
        return "";
      case "done":
        if (turn.answer?.outcome === "answered") return portal.answered;
        return turn.answer?.outcome === "related" ? portal.relatedTitle : portal.noneTitle;
    }
  }

  private turn(turn: Turn, last: boolean): TemplateResult {
    const { portal, interface: ui } = this.context;
    return html`<div class="turn">
      <div class="turn-question">
        <span class="unseen">${portal.you}: </span><p>${unknown(turn.question)}</p>
      </div>
      ${this.understood(turn, last)}
      <div class="turn-answer" aria-busy=${turn.state === "streaming" ? "true" : "false"}>
        ${turn.answer ? this.answer(turn, turn.answer) : this.coming(turn)}
        ${turn.state === "broken" ? html`<p class="hint">${portal.broken}</p>` : nothing}
        ${turn.state === "stopped" ? html`<p class="hint">${portal.stopped}</p>` : nothing}
        ${turn.failure && last
          ? failureNotice(turn.failure, ui.texts, () => void this.conversation.retry(this.asking))
          : nothing}
      </div>
    </div>`;
  }

  /** How a follow-up was understood, and the way back. */
  private understood(turn: Turn, last: boolean): TemplateResult | typeof nothing {
    const { portal } = this.context;
    if (!turn.interpret) return html`<p class="understood">${portal.literal}</p>`;
    const query = turn.meta?.interpreted_query;
    if (!turn.meta?.follow_up || !query || query === turn.question) return nothing;
    return html`<p class="understood">
      ${filled(portal.understood, { query: html`<q>${unknown(query)}</q>` })}
      ${last
        ? html`<button
            type="button"
            class="quiet"
            ?disabled=${this.conversation.busy}
            @click=${() => void this.conversation.undo(this.asking)}
          >
            ${portal.undo}
          </button>`
        : nothing}
    </p>`;
  }

  private coming(turn: Turn): TemplateResult | typeof nothing {
    if (turn.text) return html`<p class="coming">${unknown(turn.text)}</p>`;
    if (turn.state !== "streaming") return nothing;
    return html`<div class="skeleton" aria-hidden="true"><i></i><i></i></div>`;
  }

  private answer(turn: Turn, answer: Answer): TemplateResult {
    const { context } = this;
    const { texts } = context.interface;
    const { portal } = context;
    if (answer.outcome === "none") {
      return html`<p class="notice-title">${portal.noneTitle}</p>
        ${contactLink(context, answer)}`;
    }
    if (answer.outcome === "related") {
      return html`<p class="notice-title">${portal.relatedTitle}</p>
        ${hitList(context, answer.related, null)} ${contactLink(context, answer)}`;
    }
    const view = { texts, showSource: false, cite: (c: Answer["citations"][number]) => citeLink(context, c, { source: false }) };
    const first = answer.citations[0];
    return html`${first
        ? html`<p class="turn-source">
            <a href=${citationHref(context, answer.citations, false)} data-question=${turn.question}
              >${foreign(first.title, first.locale)}</a
            >
            ${translationMark(first.translation, texts)}
          </p>`
        : nothing}
      ${stepList(answer.lead ? [answer.lead] : [], answer.citations, { ...view, lead: true })}
      ${stepList(answer.steps, answer.citations, { ...view, lead: false })}
      <kb-feedback
        .context=${context}
        .about=${{
          generation: answer.generation,
          question: turn.question,
          ...(first ? { article: first.article } : {}),
        }}
      ></kb-feedback>`;
  }

  private get asking() {
    return { client: this.context.client, locale: this.context.locale, collection: this.collection };
  }

  private readonly onInput = (event: InputEvent): void => {
    this.draft = (event.target as HTMLTextAreaElement).value;
  };

  private readonly onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    this.send();
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.key === "Escape") {
      event.stopPropagation();
      this.close();
      return;
    }
    const inField = event.target instanceof HTMLTextAreaElement && event.target.id === "chat-question";
    // an input method uses Enter to take a word over
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !inField) return;
    event.preventDefault();
    this.send();
  };

  private readonly onNew = (): void => {
    this.conversation.clear();
    this.querySelector("textarea")?.focus();
  };

  private send(): void {
    const question = this.draft.trim();
    if (!question || this.conversation.busy) return;
    this.draft = "";
    void this.conversation.ask(question, this.asking);
  }
}
