import { type ComponentType, h, render } from "preact";
import { parseProps } from "./island_props.ts";

/** In the browser: brings the islands of the page to life. `props` is the text of the list of their props. */
export function boot(islands: Record<string, ComponentType>, props: string): void {
  const allProps = parseProps(props) as Record<string, unknown>[];
  for (const { name, index, start, end } of findIslands()) {
    try {
      render(h(islands[name]!, allProps[index]!), between(start, end));
    } catch (error) {
      reportError(error); // one island that fails must not stop the others
    }
  }
}

interface IslandPlace {
  readonly name: string;
  readonly index: number;
  readonly start: Comment;
  readonly end: Comment;
}

/** An island stands between the comments `frsh:island:NAME:INDEX` and `/frsh:island`. */
function findIslands(): IslandPlace[] {
  const found: IslandPlace[] = [];
  const comments = document.createTreeWalker(document.body, NodeFilter.SHOW_COMMENT);
  let start: Comment | undefined;
  while (comments.nextNode()) {
    const comment = comments.currentNode as Comment;
    if (comment.data.startsWith("frsh:island:")) start = comment;
    else if (comment.data === "/frsh:island" && start) {
      const [, , name, index] = start.data.split(":");
      found.push({ name: name!, index: Number(index), start, end: comment });
    }
  }
  return found;
}

/** What Preact needs of a parent element, for the nodes between two comments. */
function between(start: Comment, end: Comment): Element {
  const parent = start.parentElement!;
  const childNodes = () => {
    const nodes: ChildNode[] = [];
    for (let node = start.nextSibling; node && node !== end; node = node.nextSibling) nodes.push(node);
    return nodes;
  };
  return {
    nodeType: Node.ELEMENT_NODE,
    parentNode: parent,
    ownerDocument: document,
    namespaceURI: parent.namespaceURI,
    get firstChild() {
      return childNodes()[0] ?? null;
    },
    get childNodes() {
      return childNodes();
    },
    contains: (node: Node) => parent.contains(node),
    insertBefore: (node: Node, before: Node | null) => parent.insertBefore(node, before ?? end),
    appendChild: (node: Node) => parent.insertBefore(node, end),
    removeChild: (node: Node) => parent.removeChild(node),
  } as unknown as Element;
}
