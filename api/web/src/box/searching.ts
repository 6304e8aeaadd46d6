import type { Client } from "../client/client.ts";
import { isAborted, RequestFailed } from "../client/errors.ts";
import type { Answer } from "../client/types.ts";
import { type BoxState, EMPTY, type Found } from "./state.ts";

const DEBOUNCE_MS = 80;
/** How long typing has to rest until an answer is asked for: it costs the service as much as a search. */
const REST_MS = 300;
const SLOW_MS = 1500;

export interface SearchOptions {
  readonly client: Client;
  readonly locale: string | undefined;
  readonly collection: string | undefined;
  readonly topK: number;
  readonly answers: boolean;
}

export interface SearchListener {
  changed(state: BoxState): void;
  /** started: when the debounce ended, on performance.now()'s clock. */
  found(found: Found, started: number): void;
  answered(query: string, answer: Answer): void;
  failed(query: string, failure: RequestFailed): void;
}

/**
 * Searches as one types.
 *
 * There is at most one search under way: a newer one aborts it, and whatever an aborted one still brings is dropped,
 * so results never come out of order.
 */
export class Searching {
  private current: BoxState = EMPTY;
  private running = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly options: () => SearchOptions,
    private readonly listener: SearchListener,
  ) {}

  get state(): BoxState {
    return this.current;
  }

  /** What the field holds now. Earlier results stay until there are new ones. */
  type(query: string): void {
    if (query === this.current.query) return;
    this.stop();
    if (query.trim() === "") {
      this.change({ ...EMPTY, query });
      return;
    }
    this.change({ ...this.current, query, searching: true, slow: false, failure: null });
    this.timer = setTimeout(() => void this.run(query.trim(), REST_MS - DEBOUNCE_MS), DEBOUNCE_MS);
  }

  /** Searches and asks at once, unless what was found is for this query already. */
  submit(query: string): void {
    const asked = query.trim();
    const { found, answer, searching } = this.current;
    if (asked === "" || (found?.query === asked && answer && !searching)) return;
    this.stop();
    this.change({ ...this.current, query, searching: true, slow: false, failure: null });
    void this.run(asked, 0);
  }

  /** Once more what has failed. */
  retry(): void {
    this.submit(this.current.query);
  }

  /** Ends whatever is under way. */
  stop(): void {
    clearTimeout(this.timer);
    this.running.abort();
  }

  private async run(query: string, restMs: number): Promise<void> {
    this.running = new AbortController();
    const { signal } = this.running;
    const started = performance.now();
    const slow = setTimeout(() => this.change({ ...this.current, slow: true }), SLOW_MS);
    signal.addEventListener("abort", () => clearTimeout(slow), { once: true });
    try {
      const found = await this.search(query, signal);
      signal.throwIfAborted();
      clearTimeout(slow);
      this.change({ ...this.current, searching: false, slow: false, found, answer: null });
      this.listener.found(found, started);
      if (!this.options().answers) return;
      await rest(restMs, signal);
      const answer = await this.ask(query, signal);
      signal.throwIfAborted();
      this.change({ ...this.current, answer });
      this.listener.answered(query, answer);
    } catch (error) {
      clearTimeout(slow);
      if (signal.aborted || isAborted(error)) return;
      if (!(error instanceof RequestFailed)) throw error;
      this.fail(query, error);
    }
  }

  /** Hits and suggestions together, so that neither pushes the other away; without suggestions if only they fail. */
  private async search(query: string, signal: AbortSignal): Promise<Found> {
    const { client, locale, collection, topK } = this.options();
    const [result, suggestions] = await Promise.all([
      client.search({ q: query, locale, collection, top_k: topK }, { signal }),
      client.suggest({ q: query, locale, collection, limit: 6 }, { signal }).catch((error: unknown) => {
        if (!(error instanceof RequestFailed)) throw error;
        this.listener.failed(query, error);
        return [];
      }),
    ]);
    return { query, result, suggestions };
  }

  private ask(question: string, signal: AbortSignal): Promise<Answer> {
    const { client, locale, collection } = this.options();
    return client.ask({ question, locale, collection }, { signal });
  }

  /** A failure in place of the results; where only the answer failed, the results stay. */
  private fail(query: string, failure: RequestFailed): void {
    const kept = this.current.found?.query === query;
    this.change({ ...this.current, searching: false, slow: false, failure: kept ? null : failure });
    this.listener.failed(query, failure);
  }

  private change(state: BoxState): void {
    this.current = state;
    this.listener.changed(state);
  }
}

function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      },
      { once: true },
    );
  });
}
