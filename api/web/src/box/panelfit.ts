import type { LitElement, ReactiveController } from "lit";

/** Between the field and the panel, and between the panel and the edge of the page. */
const GAPS_PX = 24;

/**
 * Lets the panel end where the visible page does (a keyboard on the screen takes some of it), by the variable
 * `--_room`.
 */
export class PanelFit implements ReactiveController {
  constructor(private readonly host: LitElement) {
    host.addController(this);
  }

  hostConnected(): void {
    visualViewport?.addEventListener("resize", this.fit);
  }

  hostDisconnected(): void {
    visualViewport?.removeEventListener("resize", this.fit);
  }

  readonly fit = (): void => {
    if (!visualViewport || !this.host.isConnected) return;
    const { bottom } = this.host.getBoundingClientRect();
    const room = visualViewport.height + visualViewport.offsetTop - bottom - GAPS_PX;
    this.host.style.setProperty("--_room", `${Math.round(room)}px`);
  };
}
