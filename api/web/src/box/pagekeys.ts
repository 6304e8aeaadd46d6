import type { ReactiveController, ReactiveControllerHost } from "lit";

import { isEditable, matches, type Shortcut } from "./shortcut.ts";

/** The page's keys that lead to the field, and the way back. */
export class PageKeys implements ReactiveController {
  private cameFrom: HTMLElement | null = null;

  /** enter: takes the focus. */
  constructor(
    host: ReactiveControllerHost,
    private readonly shortcuts: () => readonly Shortcut[],
    private readonly enter: () => void,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    addEventListener("keydown", this.onKey);
  }

  hostDisconnected(): void {
    removeEventListener("keydown", this.onKey);
  }

  /** Gives the focus back to where a shortcut took it from; false where none did. */
  goBack(): boolean {
    const back = this.cameFrom;
    this.cameFrom = null;
    if (!back?.isConnected || back === document.body) return false;
    back.focus();
    return true;
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    if (!matches(event, this.shortcuts()) || isEditable(event)) return;
    event.preventDefault();
    this.cameFrom = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    this.enter();
  };
}
