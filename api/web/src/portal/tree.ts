import type { Block } from "../client/types.ts";

/** A block with what is in it: a list item's further paragraphs and lists, a note's. */
export interface Node {
  readonly block: Block;
  readonly index: number;
  readonly children: Node[];
}

/** Neighbours that make one list, or a single node. */
export interface Group {
  readonly kind: "steps" | "bullets" | "single";
  readonly nodes: Node[];
}

/** An article's blocks as a tree, by their `parent`. */
export function treeOf(blocks: readonly Block[]): Node[] {
  const nodes = blocks.map((block, index): Node => ({ block, index, children: [] }));
  const top: Node[] = [];
  for (const node of nodes) {
    const { parent } = node.block;
    // a parent stands before its children; anything else would be no tree
    const into = parent !== undefined && parent < node.index ? nodes[parent]?.children : undefined;
    (into ?? top).push(node);
  }
  return top;
}

/** Nodes in order, neighbouring steps and neighbouring bullets taken together. */
export function groupsOf(nodes: readonly Node[]): Group[] {
  const groups: { kind: Group["kind"]; nodes: Node[] }[] = [];
  for (const node of nodes) {
    const kind = node.block.kind === "step" ? "steps" : node.block.kind === "bullet" ? "bullets" : "single";
    const last = groups.at(-1);
    if (last && kind !== "single" && last.kind === kind) last.nodes.push(node);
    else groups.push({ kind, nodes: [node] });
  }
  return groups;
}
