import { RequestFailed } from "./errors.ts";
import { type Door, type RequestOptions, exchange, json, post, query } from "./http.ts";
import { readEvents } from "./sse.ts";
import type {
  Answer,
  Article,
  ChatEvent,
  ChatQuestion,
  Feedback,
  Question,
  SearchQuery,
  SearchResult,
  SuggestQuery,
  Suggestion,
} from "./types.ts";

export const DEFAULT_TIMEOUT_MS = 10_000;

/** An event of a chat, with the id to take a broken stream up again. */
export type NumberedChatEvent = ChatEvent & { readonly id: string };

/** The REST interface. Every method rejects with RequestFailed, or AbortError when its signal says so. */
export class Client {
  private readonly door: Door;

  /** endpoint: the service's address; its path, if any, is kept as a prefix. */
  constructor(endpoint: string | URL, timeoutMs: number = DEFAULT_TIMEOUT_MS) {
    const url = new URL(endpoint, document.baseURI);
    if (!url.pathname.endsWith("/")) url.pathname += "/";
    this.door = { endpoint: url, timeoutMs };
  }

  get endpoint(): URL {
    return this.door.endpoint;
  }

  search(parameters: SearchQuery, options: RequestOptions = {}): Promise<SearchResult> {
    return json(this.door, `search?${query(parameters)}`, options);
  }

  async suggest(parameters: SuggestQuery, options: RequestOptions = {}): Promise<readonly Suggestion[]> {
    const found = await json<{ suggestions: Suggestion[] }>(
      this.door,
      `suggest?${query(parameters)}`,
      options,
    );
    return found.suggestions;
  }

  ask(question: Question, options: RequestOptions = {}): Promise<Answer> {
    return json(this.door, "ask", post(question, options));
  }

  article(
    path: string,
    parameters: { readonly locale?: string | undefined; readonly collection?: string | undefined },
    options: RequestOptions = {},
  ): Promise<Article> {
    const escaped = path.split("/").map(encodeURIComponent).join("/");
    return json(this.door, `articles/${escaped}?${query(parameters)}`, {
      ...options,
      headers: { Accept: "application/json" },
    });
  }

  async feedback(given: Feedback, options: RequestOptions = {}): Promise<void> {
    await json(this.door, "feedback", post(given, options));
  }

  /** A turn of a conversation, event by event. lastEventId: of a stream that broke; the events after it come. */
  async *chat(
    question: ChatQuestion,
    options: RequestOptions & { readonly lastEventId?: string | undefined } = {},
  ): AsyncGenerator<NumberedChatEvent> {
    const { lastEventId, ...rest } = options;
    const init = post(question, rest);
    if (lastEventId) init.headers = { ...init.headers, "Last-Event-ID": lastEventId };
    const body = await exchange(this.door, "chat", init, async (response) => response.body);
    if (!body) throw new RequestFailed("unreadable", "chat: the answer has no body");
    try {
      for await (const { name, data, id } of readEvents(body)) {
        yield { name, data: JSON.parse(data), id } as NumberedChatEvent;
      }
    } catch (error) {
      options.signal?.throwIfAborted();
      const kind = navigator.onLine ? "unreachable" : "offline";
      throw new RequestFailed(kind, `chat: the stream broke: ${String(error)}`);
    }
  }
}
