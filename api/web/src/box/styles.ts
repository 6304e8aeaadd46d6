import { css } from "lit";

/** Styles of the box; colours and fonts come from `tokens`. */
export const boxStyles = css`
  :host {
    display: block;
    min-inline-size: 0;
  }
  :host([hidden]) {
    display: none;
  }
  .kb {
    position: relative;
    text-align: start;
  }
  .kb,
  .kb * {
    box-sizing: border-box;
  }
  .field {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    min-block-size: 2.75rem;
    padding-inline: 0.75rem 0.375rem;
    border: 1px solid var(--_field-border);
    border-radius: var(--_radius);
    background: var(--_background);
    cursor: text;
  }
  .kb {
    --_field-border: var(--kb-field-border, light-dark(#7d8896, #77828f));
  }
  .field:hover {
    border-color: var(--_accent);
  }
  .field:focus-within {
    border-color: var(--_accent);
    outline: 2px solid var(--_accent);
    outline-offset: 0;
  }
  .icon {
    flex: none;
    color: var(--_muted);
  }
  .input {
    flex: 1 1 auto;
    min-inline-size: 0;
    inline-size: 100%;
    block-size: 2.625rem;
    padding: 0;
    border: 0;
    outline: 0;
    background: transparent;
    color: inherit;
    font: inherit;
    text-overflow: ellipsis;
    text-align: start;
  }
  .kb .input:focus-visible {
    outline: 0;
  }
  .input::placeholder {
    color: var(--_muted);
    opacity: 1;
  }
  .key {
    flex: none;
    margin-inline-end: 0.375rem;
    padding: 0 0.4375rem;
    border: 1px solid var(--_border);
    border-radius: 5px;
    color: var(--_muted);
    font: inherit;
    font-size: 0.75rem;
    line-height: 1.375rem;
  }
  .clear {
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 2rem;
    block-size: 2rem;
    padding: 0;
    border: 0;
    border-radius: 6px;
    background: transparent;
    color: var(--_muted);
    cursor: pointer;
  }
  .clear:hover {
    background: var(--_active);
    color: var(--_text);
  }
  .progress {
    position: absolute;
    inset-block-start: calc(2.75rem - 2px);
    inset-inline: var(--_radius);
    block-size: 2px;
    overflow: hidden;
    border-radius: 1px;
    pointer-events: none;
  }
  .progress::after {
    content: "";
    position: absolute;
    inset-block: 0;
    inline-size: 35%;
    background: var(--_accent);
    opacity: 0;
    animation: progress 1.1s ease-in-out 0.25s infinite;
  }
  @keyframes progress {
    from {
      opacity: 1;
      inset-inline-start: -35%;
    }
    to {
      opacity: 1;
      inset-inline-start: 100%;
    }
  }
  .panel {
    position: absolute;
    inset-block-start: calc(100% + 0.375rem);
    inset-inline-start: 0;
    z-index: var(--kb-z-index, 1000);
    display: flex;
    flex-direction: column;
    inline-size: var(--kb-panel-width, 100%);
    max-inline-size: calc(100vw - 1rem);
    max-block-size: var(--kb-panel-height, max(14rem, min(var(--_room, 75vh), 44rem)));
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_background);
    box-shadow: var(--_shadow);
    overflow: hidden;
    container-type: inline-size;
  }
  .panel-body {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    flex: 1 1 auto;
    min-block-size: 0;
    overflow-y: auto;
    overscroll-behavior: contain;
  }
  .answer-place {
    padding: 0.625rem 0.625rem 0;
  }
  .answer-place.late {
    order: 1;
    padding-block: 0 0.625rem;
  }
  .list {
    padding: 0.375rem;
    align-self: start;
  }
  @container (min-width: 46rem) {
    .panel-body.two {
      grid-template-columns: minmax(0, 5fr) minmax(0, 6fr);
      grid-template-rows: 1fr;
    }
    .panel-body.two .list {
      grid-column: 1;
      grid-row: 1;
    }
    .panel-body.two .answer-place {
      grid-column: 2;
      grid-row: 1;
      padding-block: 0.625rem;
      padding-inline-start: 0;
    }
  }
  .group + .group,
  .option + .group {
    margin-block-start: 0.25rem;
  }
  .group-label {
    padding: 0.5rem 0.625rem 0.25rem;
    color: var(--_muted);
    font-size: 0.75rem;
    font-weight: 600;
  }
  .option {
    display: flex;
    align-items: flex-start;
    gap: 0.625rem;
    padding: 0.5rem 0.625rem;
    border-radius: 7px;
    color: inherit;
    text-decoration: none;
    cursor: pointer;
    overflow: clip;
    overflow-wrap: anywhere;
    scroll-margin: 0.5rem;
  }
  .option .icon {
    margin-block-start: 0.125rem;
  }
  .option[aria-selected="true"] {
    background: var(--_active);
    box-shadow: inset 3px 0 0 var(--_accent);
  }
  .kb:dir(rtl) .option[aria-selected="true"] {
    box-shadow: inset -3px 0 0 var(--_accent);
  }
  .option-text,
  .hit-body {
    flex: 1 1 auto;
    min-inline-size: 0;
  }
  .hit-title {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
    line-clamp: 3;
    overflow: hidden;
    font-weight: 600;
    line-height: 1.4;
  }
  .hit-section {
    display: block;
    color: var(--_muted);
    font-size: 0.8125rem;
    overflow: clip;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .hit-text {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    line-clamp: 2;
    overflow: hidden;
    color: var(--_muted);
    font-size: 0.875rem;
    line-height: 1.45;
  }
  .hit-text mark {
    color: var(--_text);
  }
  .hit-title bdi,
  .hit-section bdi,
  .hit-text bdi {
    display: block;
    text-align: start;
  }
  .hit-section bdi {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .hit-notes {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem 0.5rem;
    margin-block-start: 0.25rem;
    font-size: 0.75rem;
  }
  .note {
    color: var(--_muted);
    line-height: 1.6;
  }
  .notice {
    padding: 1rem 1rem 1.125rem;
  }
  .notice p {
    margin: 0 0 0.375rem;
    overflow-wrap: anywhere;
  }
  .notice-title {
    font-weight: 600;
  }
  .notice q {
    quotes: "“" "”";
  }
  .notice ul {
    margin: 0;
    padding-inline-start: 1.25rem;
  }
  .contact {
    color: var(--_accent);
    text-underline-offset: 0.2em;
  }
  .notice ul + p {
    margin-block-start: 0.5rem;
  }
  .notice .quiet {
    margin-block-start: 0.5rem;
  }
  .waiting {
    padding: 0.875rem 1rem;
    color: var(--_muted);
  }
  .footer {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0.375rem 1rem;
    min-block-size: 2.5rem;
    padding: 0.375rem 0.75rem;
    border-block-start: 1px solid var(--_border);
    color: var(--_muted);
    font-size: 0.75rem;
  }
  .keys {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem 0.875rem;
  }
  .keys .key {
    margin-inline-end: 0.25rem;
    padding-inline: 0.3125rem;
    line-height: 1.125rem;
  }
  .footer .quiet {
    font-size: 0.75rem;
  }
  .helpful {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.375rem 0.625rem;
    margin: 0.75rem 0 0;
    color: var(--_muted);
    font-size: 0.8125rem;
  }
  @media (pointer: coarse) {
    .option {
      min-block-size: 2.75rem;
      padding-block: 0.625rem;
    }
    .clear {
      inline-size: 2.75rem;
      block-size: 2.75rem;
      margin-inline-end: -0.375rem;
    }
    .keys,
    .keys-only,
    .field > .key {
      display: none;
    }
  }
  @media (max-width: 30rem) {
    .keys,
    .keys-only,
    .field > .key {
      display: none;
    }
    .hit > .icon {
      display: none;
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    .panel {
      animation: appear 120ms ease-out;
    }
    @keyframes appear {
      from {
        opacity: 0;
        transform: translateY(-4px);
      }
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .progress::after {
      animation: none;
      inline-size: 100%;
      opacity: 0.6;
    }
  }
  @media (forced-colors: active) {
    .option[aria-selected="true"] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
    .step.essential {
      border-inline-start-color: Highlight;
    }
  }
`;
