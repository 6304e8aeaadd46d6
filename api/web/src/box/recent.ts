/**
 * Earlier searches, newest first, kept in this browser only.
 *
 * A browser may refuse its storage (to a frame of another site, or when it is full): then nothing is kept, and the
 * box works without.
 */
export class RecentSearches {
  private readonly key: string;

  /** scope: what the searches belong to, such as the service's address. */
  constructor(scope: string) {
    this.key = `kb-search:recent:${scope}`;
  }

  read(): readonly string[] {
    const kept = withStorage((storage) => storage.getItem(this.key));
    if (!kept) return [];
    try {
      const value: unknown = JSON.parse(kept);
      return Array.isArray(value) ? value.filter((text) => typeof text === "string") : [];
    } catch (error) {
      if (error instanceof SyntaxError) return []; // somebody else's, or torn
      throw error;
    }
  }

  /** The query in front, at most `most` in all. */
  add(query: string, most: number): void {
    const text = query.trim().slice(0, MAX_LENGTH);
    if (text === "" || most < 1) return;
    const others = this.read().filter((other) => other.toLowerCase() !== text.toLowerCase());
    const kept = JSON.stringify([text, ...others].slice(0, most));
    withStorage((storage) => storage.setItem(this.key, kept));
  }

  clear(): void {
    withStorage((storage) => storage.removeItem(this.key));
  }
}

const MAX_LENGTH = 200;

function withStorage<T>(use: (storage: Storage) => T): T | null {
  try {
    return use(localStorage);
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}
