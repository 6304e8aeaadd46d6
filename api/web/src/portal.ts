/** Entry of the portal page's module: the search box, and the page around it. */
import "./box/define.ts";

import { answerStyles } from "./answer/styles.ts";
import { KbPortal } from "./portal/app.ts";
import { KbChat } from "./portal/chat.ts";
import { KbFeedback } from "./portal/feedback.ts";
import { tokens } from "./text/tokens.ts";

// the page has no shadow root, so that its addresses, its printing and its landmarks are the document's own
for (const { styleSheet } of [tokens, answerStyles]) {
  if (styleSheet) document.adoptedStyleSheets.push(styleSheet);
}
document.body.classList.add("kb");

customElements.define("kb-feedback", KbFeedback);
customElements.define("kb-chat", KbChat);
customElements.define("kb-portal", KbPortal);
