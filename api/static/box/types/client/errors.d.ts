import type { Problem } from "./types.ts";
/**
 * Why a request gave no answer.
 *
 * offline: the browser knows of no network; unreachable: no answer from the service, which may be down or not allow
 * this origin (a browser does not tell these apart); timeout; problem: the service's own error, with its `problem`;
 * unreadable: an answer that is none of the service's.
 */
export type FailureKind = "offline" | "unreachable" | "timeout" | "problem" | "unreadable";
export declare class RequestFailed extends Error {
    readonly kind: FailureKind;
    readonly problem: Problem | null;
    constructor(kind: FailureKind, message: string, problem?: Problem | null);
}
/** Whether someone aborted the request, so that nobody waits for it any more. */
export declare function isAborted(error: unknown): boolean;
