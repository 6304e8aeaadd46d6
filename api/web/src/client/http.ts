import { RequestFailed } from "./errors.ts";
import type { Problem } from "./types.ts";

export interface RequestOptions {
  /** Aborts the request: the promise then rejects with the signal's AbortError. */
  readonly signal?: AbortSignal | null;
}

/** Where requests go, and how long the service may take until its answer begins. */
export interface Door {
  readonly endpoint: URL;
  readonly timeoutMs: number;
}

/**
 * What `read` makes of the response, once its status is 2xx; the door's time runs until `read` is through.
 * Cookies are never sent.
 *
 * Errors: RequestFailed, or AbortError when the caller's signal says so.
 */
export async function exchange<T>(
  door: Door,
  path: string,
  init: RequestInit & RequestOptions,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  init.signal?.throwIfAborted();
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), door.timeoutMs);
  init.signal?.addEventListener("abort", () => stop.abort(), { once: true });
  try {
    const response = await fetch(new URL(path, door.endpoint), {
      ...init,
      signal: stop.signal,
      credentials: "omit",
    });
    if (!response.ok) throw await failure(response);
    return await read(response);
  } catch (error) {
    init.signal?.throwIfAborted();
    if (stop.signal.aborted) throw new RequestFailed("timeout", `no answer within ${door.timeoutMs} ms`);
    if (error instanceof RequestFailed) throw error;
    if (error instanceof SyntaxError) throw new RequestFailed("unreadable", `${path}: ${error.message}`);
    const kind = navigator.onLine ? "unreachable" : "offline";
    throw new RequestFailed(kind, error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
  }
}

/** The body of a JSON answer. */
export function json<T>(door: Door, path: string, init: RequestInit & RequestOptions): Promise<T> {
  return exchange(door, path, init, async (response) => (await response.json()) as T);
}

export function post(body: unknown, options: RequestOptions): RequestInit & RequestOptions {
  return {
    ...options,
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
}

/** A query string of the parameters that are given. */
export function query(parameters: object): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && value !== "") given.set(name, String(value));
  }
  return given.toString();
}

async function failure(response: Response): Promise<RequestFailed> {
  const type = response.headers.get("content-type") ?? "";
  if (type.startsWith("application/problem+json")) {
    const problem = (await response.json().catch(() => null)) as Problem | null;
    if (problem) return new RequestFailed("problem", problem.detail, problem);
  }
  return new RequestFailed("unreadable", `status ${response.status} without problem details`);
}
