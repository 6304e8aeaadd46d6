import { css } from "lit";

/** Styles of the answer card; colours and fonts come from `tokens`. */
export const answerStyles = css`
  .answer {
    padding: 1rem;
    background: var(--_answer-background);
    border: 1px solid var(--_answer-border);
    border-radius: var(--_radius);
    overflow-wrap: anywhere;
  }
  .answer-head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.375rem 0.75rem;
    margin-block-end: 0.75rem;
  }
  .answer-title {
    flex: 1 1 12rem;
    min-inline-size: 0;
    margin: 0;
    font-size: 1rem;
    line-height: 1.35;
    font-weight: 600;
  }
  .answer-title bdi,
  .answer-sources bdi {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
    line-clamp: 3;
    overflow: hidden;
  }
  .answer-sources bdi {
    display: -webkit-inline-box;
    vertical-align: bottom;
    text-decoration: inherit;
  }
  .answer-label {
    display: block;
    margin-block-end: 0.125rem;
    color: var(--_accent);
    font-size: 0.75rem;
    font-weight: 600;
  }
  .answer a {
    color: inherit;
    text-decoration-color: var(--_muted);
    text-underline-offset: 0.2em;
  }
  .answer a:hover {
    color: var(--_accent);
    text-decoration-color: currentColor;
  }
  .steps {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .steps.lead {
    margin-block-end: 0.25rem;
  }
  .step {
    display: flex;
    gap: 0.5rem;
    padding-block: 0.3125rem;
    padding-inline: 0.625rem 0.25rem;
    border-inline-start: 3px solid transparent;
    overflow-wrap: anywhere;
  }
  .step.essential {
    border-inline-start-color: var(--_accent);
    background: var(--_essential);
    border-start-end-radius: 6px;
    border-end-end-radius: 6px;
  }
  .step-number {
    flex: none;
    min-inline-size: 1.5rem;
    color: var(--_muted);
    font-variant-numeric: tabular-nums;
    font-weight: 600;
  }
  .step-number:empty {
    display: none;
  }
  .step-texts {
    flex: 1 1 auto;
    min-inline-size: 0;
  }
  .step-texts bdi {
    display: block;
    white-space: pre-line;
  }
  .step-source {
    color: var(--_muted);
    font-size: 0.9375em;
    margin-block-start: 0.125rem;
  }
  @container (min-width: 40rem) {
    .step-texts.both {
      display: grid;
      grid-template-columns: 1fr 1fr;
      gap: 1rem;
    }
    .step-texts.both .step-source {
      margin-block-start: 0;
    }
  }
  .kind-heading .step-text {
    font-weight: 600;
  }
  .kind-note .step-text,
  .kind-quote .step-text {
    font-style: italic;
  }
  .kind-code .step-texts bdi {
    font-family: ui-monospace, "SF Mono", Consolas, monospace;
    font-size: 0.875em;
    white-space: pre-wrap;
  }
  .depth-1 {
    margin-inline-start: 1.5rem;
  }
  .depth-2 {
    margin-inline-start: 3rem;
  }
  .depth-3,
  .depth-4,
  .depth-5 {
    margin-inline-start: 4rem;
  }
  .mark-mt,
  .mark-ht {
    flex: none;
    padding: 0.0625rem 0.5rem;
    border: 1px solid var(--_border);
    border-radius: 999px;
    color: var(--_muted);
    background: var(--_background);
    font-size: 0.75rem;
    line-height: 1.5;
  }
  .mark-mt {
    color: var(--_warning);
    border-color: currentColor;
  }
  .quiet {
    min-block-size: 1.75rem;
    padding: 0.125rem 0.625rem;
    border: 1px solid var(--_border);
    border-radius: 6px;
    background: var(--_background);
    color: var(--_text);
    font: inherit;
    font-size: 0.8125rem;
    cursor: pointer;
  }
  .quiet:hover {
    border-color: var(--_accent);
    color: var(--_accent);
  }
  .more {
    margin-block-start: 0.5rem;
  }
  .answer-sources {
    margin-block-start: 0.75rem;
    padding-block-start: 0.625rem;
    border-block-start: 1px solid var(--_answer-border);
    font-size: 0.8125rem;
  }
  .answer-sources h3 {
    display: inline;
    margin: 0;
    margin-inline-end: 0.375rem;
    font-size: inherit;
    color: var(--_muted);
    font-weight: 600;
  }
  .answer-sources ul {
    display: inline;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .answer-sources li {
    display: inline;
  }
  .source-lines {
    color: var(--_muted);
    overflow-wrap: anywhere;
  }
  @media (pointer: coarse) {
    .quiet {
      min-block-size: 2.75rem;
      padding-inline: 0.875rem;
    }
  }
`;
