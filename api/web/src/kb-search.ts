/** Entry of the search box's module: importing it defines <kb-search>. */
import "./box/define.ts";

export { KbSearch } from "./box/element.ts";
