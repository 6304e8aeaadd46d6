import { css } from "lit";

/** Styles of the panel: where its parts stand, notices, the footer. */
export const panelStyles = css`
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
    .keys,
    .keys-only {
      display: none;
    }
  }
  @media (max-width: 30rem) {
    .keys,
    .keys-only {
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
  @media (forced-colors: active) {
    .step.essential {
      border-inline-start-color: Highlight;
    }
  }
`;
