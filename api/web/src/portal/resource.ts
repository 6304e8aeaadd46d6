import { isAborted, RequestFailed } from "../client/errors.ts";

export type State<T> =
  | { readonly state: "idle" }
  | { readonly state: "loading"; readonly slow: boolean }
  | { readonly state: "done"; readonly value: T }
  | { readonly state: "failed"; readonly failure: RequestFailed };

const SLOW_MS = 3_000;

/** Something that is loaded: the latest request alone counts, those before it are aborted. */
export class Resource<T> {
  current: State<T> = { state: "idle" };
  private stop: AbortController | null = null;
  private key = "";

  constructor(private readonly onChange: () => void) {}

  /** Loads it, unless what this key names is there already or on its way. */
  async load(key: string, load: (signal: AbortSignal) => Promise<T>): Promise<void> {
    if (key === this.key && this.current.state !== "failed") return;
    this.stop?.abort();
    const stop = new AbortController();
    this.stop = stop;
    this.key = key;
    this.set({ state: "loading", slow: false });
    const timer = setTimeout(() => this.set({ state: "loading", slow: true }), SLOW_MS);
    try {
      const value = await load(stop.signal);
      if (this.stop === stop) this.set({ state: "done", value });
    } catch (error) {
      if (isAborted(error) || this.stop !== stop) return;
      if (!(error instanceof RequestFailed)) throw error;
      this.set({ state: "failed", failure: error });
    } finally {
      if (this.stop === stop) this.stop = null;
      clearTimeout(timer);
    }
  }

  clear(): void {
    this.stop?.abort();
    this.stop = null;
    this.key = "";
    this.current = { state: "idle" };
  }

  private set(state: State<T>): void {
    this.current = state;
    this.onChange();
  }
}
