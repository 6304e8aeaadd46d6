import { html, svg, type TemplateResult } from "lit";

const drawn = (content: TemplateResult): TemplateResult => html`<svg
  class="icon" viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.6"
  stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${content}</svg>`;

export const magnifier = drawn(svg`<circle cx="8.75" cy="8.75" r="5.25"/><path d="m12.75 12.75 4 4"/>`);
export const cross = drawn(svg`<path d="m5.5 5.5 9 9m0-9-9 9"/>`);
export const clock = drawn(svg`<circle cx="10" cy="10" r="6.5"/><path d="M10 6.5V10l2.5 1.75"/>`);
export const page = drawn(svg`<path d="M5.5 2.75h6l3.5 3.5v11h-9.5z"/><path d="M8 9.5h4.5M8 12.5h4.5"/>`);
export const pencil = drawn(svg`<path d="m4 16 .8-3.4 8.6-8.6a1.5 1.5 0 0 1 2.1 0l.5.5a1.5 1.5 0 0 1 0 2.1l-8.6 8.6z"/>`);
