import { html, LitElement, nothing, type TemplateResult } from "lit";

import { isAborted, RequestFailed } from "../client/errors.ts";
import type { Feedback } from "../client/types.ts";
import type { Context } from "./context.ts";

type Stage = "open" | "comment" | "sending" | "sent" | "failed";

const MAX_COMMENT = 2_000;

/** Whether something helped: yes is sent at once, no after the chance to say what was wrong. */
export class KbFeedback extends LitElement {
  static override properties = { context: {}, about: {}, stage: { state: true } };

  declare context: Context;
  /** What it is about, without the judgement. */
  declare about: Omit<Feedback, "helpful" | "comment">;
  declare private stage: Stage;
  private comment = "";

  constructor() {
    super();
    this.stage = "open";
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override render(): TemplateResult {
    const { texts } = this.context.interface;
    if (this.stage === "sent") return html`<p class="feedback" role="status">${texts.thanks}</p>`;
    return html`<div class="feedback no-print" role="group" aria-label=${texts.helpful}>
      <span aria-hidden="true">${texts.helpful}</span>
      <button type="button" class="quiet" ?disabled=${this.stage === "sending"} @click=${() => this.send(true)}>
        ${texts.yes}
      </button>
      <button
        type="button"
        class="quiet"
        aria-expanded=${this.stage === "comment" ? "true" : "false"}
        ?disabled=${this.stage === "sending"}
        @click=${() => this.askWhy()}
      >
        ${texts.no}
      </button>
      ${this.stage === "comment" ? this.form() : nothing}
      <span role="status">${this.stage === "failed" ? texts.feedbackFailed : ""}</span>
    </div>`;
  }

  private form(): TemplateResult {
    const { portal } = this.context;
    return html`<form class="comment" @submit=${this.submit}>
      <label>
        <span>${portal.comment}</span>
        <textarea rows="3" maxlength=${MAX_COMMENT} @input=${this.typed}></textarea>
      </label>
      <p class="hint">${portal.commentHint}</p>
      <button type="submit" class="quiet">${portal.send}</button>
    </form>`;
  }

  private async askWhy(): Promise<void> {
    this.stage = "comment";
    await this.updateComplete;
    this.querySelector("textarea")?.focus();
  }

  private readonly typed = (event: InputEvent): void => {
    this.comment = (event.target as HTMLTextAreaElement).value;
  };

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.send(false);
  };

  private async send(helpful: boolean): Promise<void> {
    const comment = helpful ? "" : this.comment.trim();
    this.stage = "sending";
    try {
      await this.context.client.feedback({ ...this.about, helpful, ...(comment ? { comment } : {}) });
      this.stage = "sent";
    } catch (error) {
      if (!(error instanceof RequestFailed) && !isAborted(error)) throw error;
      this.stage = "failed";
    }
  }
}
