import { safeHref } from "../text/links.ts";
import { type KbEvents, tell } from "./events.ts";

export type Destination = Omit<KbEvents["kb-open"], "query">;

/**
 * Whether a click on a link takes its course: false, and nothing opens, where its address is none to follow or the
 * page wants to open the article itself.
 */
export function mayOpen(from: EventTarget, to: Destination, query: string, base: URL, event: Event): boolean {
  const url = safeHref(to.url, base);
  if (url !== null && tell(from, "kb-open", { ...to, url, query })) return true;
  event.preventDefault();
  return false;
}
