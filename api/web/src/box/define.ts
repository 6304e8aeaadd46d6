import { KbSearch } from "./element.ts";

// a page may load the module twice, from two addresses
if (!customElements.get("kb-search")) customElements.define("kb-search", KbSearch);
