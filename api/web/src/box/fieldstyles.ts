import { css } from "lit";

/** Styles of the box and its field; colours and fonts come from `tokens`. */
export const fieldStyles = css`
  :host {
    display: block;
    min-inline-size: 0;
  }
  :host([hidden]) {
    display: none;
  }
  .kb {
    --_field-border: var(--kb-field-border, light-dark(#7d8896, #77828f));
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
  @media (pointer: coarse) {
    .clear {
      inline-size: 2.75rem;
      block-size: 2.75rem;
      margin-inline-end: -0.375rem;
    }
    .field > .key {
      display: none;
    }
  }
  @media (max-width: 30rem) {
    .field > .key {
      display: none;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .progress::after {
      animation: none;
      inline-size: 100%;
      opacity: 0.6;
    }
  }
`;
