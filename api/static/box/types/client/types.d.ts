/** What the REST interface takes and gives, field for field as in /openapi.json. */
/** [from, to) in code points of a text, not in UTF-16 units. */
export type CodePointRange = readonly [from: number, to: number];
export type Translation = "MT" | "HT" | null;
export interface Hit {
    readonly article: string;
    readonly collection: string;
    readonly locale: string;
    readonly locales: readonly string[];
    readonly title: string;
    readonly source_title: string | null;
    readonly score: number;
    readonly heading_path: readonly string[];
    readonly passage: string;
    readonly text: string;
    readonly source_text: string | null;
    readonly units: readonly string[];
    readonly highlights: readonly CodePointRange[];
    readonly translation: Translation;
    readonly date: string | null;
    readonly url: string;
    readonly duplicates: readonly string[];
    readonly pinned: boolean;
    /** Of source_text and source_title; null where there is no source text. */
    readonly source_locale: string | null;
}
export interface SearchQuery {
    readonly q: string;
    readonly locale?: string | undefined;
    readonly lang?: string | undefined;
    readonly only_locale?: string | undefined;
    readonly top_k?: number | undefined;
    readonly collection?: string | undefined;
    readonly duplicates?: "fold" | "keep" | undefined;
}
export interface SearchResult {
    readonly query: string;
    readonly locale: string;
    readonly detected_lang: string;
    readonly generation: string;
    readonly views: readonly string[];
    readonly took_ms: number;
    readonly hits: readonly Hit[];
    readonly did_you_mean: string | null;
    readonly facets: Readonly<Record<string, Readonly<Record<string, number>>>>;
    readonly candidates: number;
}
export interface SuggestQuery {
    readonly q: string;
    readonly locale?: string | undefined;
    readonly collection?: string | undefined;
    readonly limit?: number | undefined;
}
/** article, collection and locale are null for a phrase, which many articles have. */
export interface Suggestion {
    readonly text: string;
    readonly kind: "title" | "phrase";
    readonly article: string | null;
    readonly collection: string | null;
    readonly locale: string | null;
}
export interface Question {
    readonly question: string;
    readonly locale?: string | undefined;
    readonly lang?: string | undefined;
    readonly collection?: string | undefined;
}
export interface Step {
    readonly kind: string;
    readonly number: string | null;
    readonly depth: number;
    readonly text: string;
    readonly source_text: string | null;
    readonly units: readonly string[];
    readonly essential: boolean;
    /** Number `n` of a citation. */
    readonly citation: number;
}
export interface Citation {
    readonly n: number;
    readonly article: string;
    readonly collection: string;
    readonly locale: string;
    readonly title: string;
    readonly heading_path: readonly string[];
    readonly units: readonly string[];
    readonly lines: readonly [from: number, to: number];
    readonly lines_locale: string;
    readonly url: string;
    readonly translation: Translation;
    readonly corrected: boolean;
    /** Of the source_text of the step that it is for; null where there is none. */
    readonly source_locale: string | null;
}
export interface Answer {
    readonly outcome: "answered" | "related" | "none";
    readonly confidence: number;
    readonly locale: string;
    readonly generation: string;
    readonly lead: Step | null;
    readonly steps: readonly Step[];
    readonly citations: readonly Citation[];
    readonly related: readonly Hit[];
    readonly took_ms: number;
    /** Whom to turn to with the question, where it isn't answered and the operator has said so. */
    readonly contact: string | null;
}
export interface ChatTurn {
    readonly question: string;
    readonly interpreted_query?: string | null;
    readonly article?: string | null;
    readonly locale?: string | undefined;
}
export interface ChatQuestion extends Question {
    readonly history?: readonly ChatTurn[] | undefined;
    readonly conversation?: string | undefined;
    readonly store?: boolean | undefined;
    readonly interpret?: boolean | undefined;
}
export interface ChatMeta {
    readonly generation: string;
    readonly detected_lang: string;
    readonly conversation: string | null;
    readonly interpreted_query: string;
    readonly follow_up: boolean;
    readonly step: string | null;
}
export type ChatEvent = {
    readonly name: "meta";
    readonly data: ChatMeta;
} | {
    readonly name: "citation";
    readonly data: Citation;
} | {
    readonly name: "delta";
    readonly data: {
        readonly text: string;
        readonly citation: number;
    };
} | {
    readonly name: "done";
    readonly data: Answer & {
        readonly interpreted_query: string;
    };
} | {
    readonly name: "error";
    readonly data: Problem;
};
/** A stretch of text under one set of marks; with `image` (a picture's address) the text is its alternative text. */
export interface Run {
    readonly text: string;
    readonly marks?: readonly ("strong" | "em" | "code" | "strike")[];
    readonly href?: string;
    readonly image?: string;
}
/** Where a link of an article leads: to another article, to a heading's `anchor`, or out. */
export interface ArticleLink {
    readonly article?: string;
    readonly anchor?: string;
    readonly url?: string;
}
export interface Segment {
    readonly unit: string | null;
    readonly covers: readonly string[];
    readonly target: string;
    readonly source: string | null;
    /** Only where the text has a mark, a link or a picture. */
    readonly target_runs?: readonly Run[];
    readonly source_runs?: readonly Run[];
    /** What separates it from the segment before it: nothing where it is missing. */
    readonly glue?: string;
    /** An alert's "[!NOTE]", which is not shown. */
    readonly marker?: boolean;
}
/** A table row, or a line with a letter of its own: for each cell the half-open range of the block's segments. */
export interface Part {
    readonly lines: readonly [from: number, to: number];
    readonly cells: readonly (readonly [from: number, to: number])[];
    readonly number?: string;
    readonly header?: boolean;
}
export interface Block {
    readonly kind: string;
    readonly level: number;
    readonly number: string | null;
    readonly heading_path: readonly string[];
    readonly lines: readonly [from: number, to: number];
    readonly segments: readonly Segment[];
    readonly text?: string;
    readonly source_text?: string;
    /** Index of the list item, note or quote that it is in. */
    readonly parent?: number;
    readonly anchor?: string;
    readonly alert?: string;
    readonly language?: string;
    readonly parts?: readonly Part[];
}
export interface Article {
    readonly path: string;
    readonly collection: string;
    readonly locale: string;
    readonly source_locale: string;
    readonly locales: readonly string[];
    readonly title: string;
    readonly source_title: string | null;
    readonly translation: Translation;
    readonly date: string | null;
    readonly generation: string;
    readonly metadata: Readonly<Record<string, unknown>>;
    readonly blocks: readonly Block[];
    /** Where each href in the runs leads; one that leads nowhere is missing. */
    readonly links: Readonly<Record<string, ArticleLink>>;
}
export interface Feedback {
    readonly generation: string;
    readonly question: string;
    readonly article?: string | undefined;
    readonly step?: string | undefined;
    readonly helpful: boolean;
    readonly comment?: string | undefined;
}
/** Problem details (RFC 9457). */
export interface Problem {
    readonly type: string;
    readonly title: string;
    readonly status: number;
    readonly detail: string;
    readonly instance: string;
    readonly errors?: readonly {
        readonly field: string;
        readonly message: string;
    }[];
}
