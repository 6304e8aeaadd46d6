import type { Client, NumberedChatEvent } from "../client/client.ts";
import { isAborted, RequestFailed } from "../client/errors.ts";
import type { Answer, ChatMeta, ChatTurn } from "../client/types.ts";

/** A question of a conversation and what came of it, as it comes. */
export interface Turn {
  readonly question: string;
  /** False where the reader asked for it to be taken as it stands. */
  readonly interpret: boolean;
  readonly state: "streaming" | "broken" | "done" | "stopped" | "failed";
  readonly meta: ChatMeta | null;
  /** The answer's text as far as it has come. */
  readonly text: string;
  readonly answer: Answer | null;
  readonly failure: RequestFailed | null;
}

export interface Asking {
  readonly client: Client;
  readonly locale: string;
  readonly collection: string | null;
}

const ATTEMPTS = 4;
const RETRY_MS = 1_000;
const MAX_HISTORY = 50;

/** The turns of one conversation, kept in this page alone and sent along with each question. */
export class Conversation {
  turns: readonly Turn[] = [];
  private stop: AbortController | null = null;

  constructor(private readonly onChange: () => void) {}

  get busy(): boolean {
    return this.stop !== null;
  }

  /** Begins anew with what was asked and answered elsewhere, for follow-ups to lean on. */
  begin(question: string, answer: Answer): void {
    this.clear();
    const done = { question, interpret: true, state: "done", meta: null, text: "", answer, failure: null } as const;
    this.turns = [done];
    this.onChange();
  }

  clear(): void {
    this.abort();
    this.turns = [];
    this.onChange();
  }

  abort(): void {
    this.stop?.abort();
  }

  /** Asks the last question once more, as it stands. */
  undo(asking: Asking): Promise<void> {
    const last = this.turns.at(-1);
    if (!last || this.busy) return Promise.resolve();
    this.turns = this.turns.slice(0, -1);
    return this.ask(last.question, asking, false);
  }

  retry(asking: Asking): Promise<void> {
    const last = this.turns.at(-1);
    if (!last || this.busy) return Promise.resolve();
    this.turns = this.turns.slice(0, -1);
    return this.ask(last.question, asking, last.interpret);
  }

  async ask(question: string, asking: Asking, interpret = true): Promise<void> {
    const stop = new AbortController();
    this.stop = stop;
    const history = this.history();
    this.turns = [
      ...this.turns,
      { question, interpret, state: "streaming", meta: null, text: "", answer: null, failure: null },
    ];
    this.onChange();
    try {
      await this.stream({ question, interpret, history }, asking, stop.signal);
    } catch (error) {
      if (isAborted(error)) this.change({ state: "stopped" });
      else if (error instanceof RequestFailed) this.change({ state: "failed", failure: error });
      else throw error;
    } finally {
      if (this.stop === stop) this.stop = null;
      this.onChange();
    }
  }

  /** Reads the events; a stream that breaks is taken up behind the last event that came. */
  private async stream(
    asked: { readonly question: string; readonly interpret: boolean; readonly history: readonly ChatTurn[] },
    { client, locale, collection }: Asking,
    signal: AbortSignal,
  ): Promise<void> {
    let seen = "";
    for (let attempt = 1; ; attempt++) {
      try {
        const events = client.chat(
          { ...asked, locale, collection: collection ?? undefined },
          { signal, lastEventId: seen || undefined },
        );
        for await (const event of events) {
          // another stream than the one that broke: it starts anew
          if (seen && streamOf(event.id) !== streamOf(seen)) this.change({ meta: null, text: "" });
          seen = event.id || seen;
          this.change({ state: "streaming" });
          this.take(event);
          if (event.name === "done" || event.name === "error") return;
        }
        throw new RequestFailed("unreachable", "the stream ended before the answer did");
      } catch (error) {
        const broken = error instanceof RequestFailed && error.kind !== "problem" && error.kind !== "timeout";
        if (!broken || attempt === ATTEMPTS) throw error;
        this.change({ state: "broken" });
        await pause(RETRY_MS * attempt, signal);
      }
    }
  }

  private take(event: NumberedChatEvent): void {
    switch (event.name) {
      case "meta":
        return this.change({ meta: event.data });
      case "delta":
        return this.change({ text: (this.turns.at(-1)?.text ?? "") + event.data.text });
      case "done":
        return this.change({ state: "done", answer: event.data });
      case "error":
        throw new RequestFailed("problem", event.data.detail, event.data);
      case "citation":
        return; // the answer that ends the stream has them all
    }
  }

  private change(what: Partial<Turn>): void {
    const last = this.turns.at(-1);
    if (!last) return; // the conversation was begun anew
    this.turns = [...this.turns.slice(0, -1), { ...last, ...what }];
    this.onChange();
  }

  private history(): ChatTurn[] {
    return this.turns
      .filter((turn) => turn.answer)
      .slice(-MAX_HISTORY)
      .map((turn) => ({
        question: turn.question,
        interpreted_query: turn.meta?.interpreted_query ?? null,
        article: turn.answer?.citations[0]?.article ?? null,
      }));
  }
}

function streamOf(id: string): string {
  return id.slice(0, id.lastIndexOf("-"));
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("stopped", "AbortError"));
    });
  });
}
