import { css } from "lit";

/**
 * Colours, fonts and measures, light and dark; the public variables `--kb-*` come before them.
 *
 * Applies to an element with the class `kb`. Contrast of every text colour on every ground here is 4.5 : 1 at least.
 * data-theme on that element (`light`, `dark`) comes before the system's preference.
 */
export const tokens = css`
  .kb {
    --_background: var(--kb-background, light-dark(#ffffff, #16191f));
    --_text: var(--kb-text, light-dark(#1b2430, #e8ebf0));
    --_muted: var(--kb-muted, light-dark(#566273, #a3adba));
    --_border: var(--kb-border, light-dark(#cfd6de, #3a424d));
    --_accent: var(--kb-accent, light-dark(#0b5cad, #7db8f5));
    --_active: var(--kb-active, light-dark(#e9f1fa, #233040));
    --_mark: var(--kb-mark, light-dark(#ffe9a8, #5c4a12));
    --_warning: var(--kb-warning, light-dark(#8a4b08, #f0b866));
    --_answer-background: var(--kb-answer-background, light-dark(#f5f8fc, #1b2028));
    --_answer-border: var(--kb-answer-border, light-dark(#dbe4ee, #323b47));
    --_essential: var(--kb-essential, light-dark(#e6f0fb, #203044));
    --_radius: var(--kb-radius, 10px);
    --_shadow: var(--kb-shadow, 0 12px 32px light-dark(rgb(20 30 45 / 16%), rgb(0 0 0 / 55%)));
    color-scheme: light dark;
    color: var(--_text);
    font-family: var(--kb-font, system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif);
    font-size: var(--kb-font-size, 1rem);
    line-height: 1.5;
  }
  .kb[data-theme="light"] {
    color-scheme: light;
  }
  .kb[data-theme="dark"] {
    color-scheme: dark;
  }
  .kb mark {
    padding-inline: 0.0625em;
    border-radius: 3px;
    background: var(--_mark);
    color: inherit;
  }
  .unseen {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .kb :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }
`;
