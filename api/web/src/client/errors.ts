import type { Problem } from "./types.ts";

/**
 * Why a request gave no answer.
 *
 * offline: the browser knows of no network; unreachable: no answer from the service, which may be down or not allow
 * this origin (a browser does not tell these apart); timeout; problem: the service's own error, with its `problem`;
 * unreadable: an answer that is none of the service's.
 */
export type FailureKind = "offline" | "unreachable" | "timeout" | "problem" | "unreadable";

export class RequestFailed extends Error {
  constructor(
    readonly kind: FailureKind,
    message: string,
    readonly problem: Problem | null = null,
  ) {
    super(message);
    this.name = "RequestFailed";
  }
}

/** Whether someone aborted the request, so that nobody waits for it any more. */
export function isAborted(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
