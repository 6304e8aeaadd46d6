import type { FailureKind } from "../client/errors.ts";
import type { Answer, Problem } from "../client/types.ts";
/** What the box tells the page, by event name. All bubble and cross shadow roots; nothing leaves the page by them. */
export interface KbEvents {
    /** Results were drawn. */
    "kb-results": {
        readonly query: string;
        readonly hits: number;
        readonly generation: string;
        readonly detectedLang: string;
        /** From the end of the debounce until the results were in the page. */
        readonly tookMs: number;
    };
    /** An answer was drawn, or there is none. */
    "kb-answer": {
        readonly query: string;
        readonly outcome: Answer["outcome"];
        readonly confidence: number;
        readonly article: string | null;
    };
    /** Enter without a chosen option. Cancelable: the page may show results of its own; the panel then closes. */
    "kb-submit": {
        readonly query: string;
    };
    /** A suggestion, a correction or an earlier search was taken over. */
    "kb-choose": {
        readonly kind: "suggestion" | "correction" | "recent";
        readonly text: string;
    };
    /** An article is about to be opened. Cancelable: the page may open it itself. */
    "kb-open": {
        readonly query: string;
        readonly url: string;
        readonly article: string;
        readonly collection: string;
        readonly locale: string;
        readonly from: "hit" | "answer";
        /** Place among the hits, from 1; null for the answer. */
        readonly position: number | null;
    };
    /** Someone said whether the answer helped. */
    "kb-feedback": {
        readonly query: string;
        readonly article: string | null;
        readonly helpful: boolean;
    };
    /** A request failed. */
    "kb-error": {
        readonly query: string;
        readonly kind: FailureKind;
        readonly problem: Problem | null;
    };
}
export type KbEventName = keyof KbEvents;
/** Whether the event was left to take its course, rather than cancelled by the page. */
export declare function tell<Name extends KbEventName>(from: EventTarget, name: Name, detail: KbEvents[Name]): boolean;
