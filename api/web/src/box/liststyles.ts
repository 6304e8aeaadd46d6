import { css } from "lit";

/** Styles of the list box and its options. */
export const listStyles = css`
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
  @media (pointer: coarse) {
    .option {
      min-block-size: 2.75rem;
      padding-block: 0.625rem;
    }
  }
  @media (max-width: 30rem) {
    .hit > .icon {
      display: none;
    }
  }
  @media (forced-colors: active) {
    .option[aria-selected="true"] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
`;
