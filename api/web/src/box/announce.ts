import { fill } from "../texts/fill.ts";
import { form } from "../texts/plural.ts";
import type { Interface } from "../texts/texts.ts";
import { failureTitle } from "./notices.ts";
import { type BoxState, isNone } from "./state.ts";

/** What a screen reader is told of the panel, in the interface's language; empty while it is closed. */
export function announcement(state: BoxState, open: boolean, { texts, language }: Interface): string {
  if (!open || state.query.trim() === "") return "";
  if (state.failure) return failureTitle(state.failure.kind, texts);
  if (state.slow) return texts.slow;
  const { found, answer, searching } = state;
  if (!found || searching) return "";
  const n = found.result.hits.length;
  if (isNone(state)) return fill(n ? texts.unansweredTitle : texts.noneTitle, { query: found.query });
  const count = fill(form(texts.resultCount, n, language), { n });
  if (answer?.outcome !== "answered") return count;
  const title = answer.citations[0]?.title ?? "";
  const steps = answer.steps.length;
  return `${count}. ${fill(form(texts.answerReady, steps, language), { n: steps, title })}`;
}
