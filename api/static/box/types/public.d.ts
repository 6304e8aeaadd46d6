/**
 * Types of the package: the element and its events, for whoever embeds it. Attributes are described in
 * docs/search-box.md.
 */
import type { KbEvents } from "./box/events.ts";
export type { KbEvents };
export interface KbSearchElement extends HTMLElement {
    endpoint: string | null;
    locale: string | null;
    collection: string | null;
    placeholder: string | null;
    label: string | null;
    shortcut: string | null;
    theme: string | null;
    target: string | null;
    answers: string | null;
    topK: string | null;
    recent: string | null;
    timeoutMs: string | null;
    /** What the field holds; setting it searches. */
    value: string;
    /** Puts a question into the field, shows what is found for it, and takes the focus. */
    search(query: string): void;
}
export declare const KbSearch: new () => KbSearchElement;
type KbEventMap = {
    [Name in keyof KbEvents]: CustomEvent<KbEvents[Name]>;
};
declare global {
    interface HTMLElementTagNameMap {
        "kb-search": KbSearchElement;
    }
    interface HTMLElementEventMap extends KbEventMap {
    }
    interface DocumentEventMap extends KbEventMap {
    }
}
