/**
 * The address of a link that may be followed, null for any other: http, https and mailto only.
 *
 * href: as the service gives it, relative to `base`.
 */
export function safeHref(href: string, base: string | URL): string | null {
  let url: URL;
  try {
    url = new URL(href, base);
  } catch {
    return null; // what is no address at all is no link
  }
  return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
}
