// The document as a tree. Deeper or more than any page has is left out.
const MOST = 30000,
  DEEPEST = 400;
const NONE = Object.freeze([]); // a text has no children
class Node extends EventTarget {
  constructor(type) {
    super();
    this.nodeType = type;
    this.parentNode = null;
    this.kids = type === 3 ? NONE : [];
  }
  get childNodes() {
    return listed(this.kids);
  }
  get children() {
    return listed(this.kids.filter((k) => k.nodeType === 1));
  }
  get childElementCount() {
    return this.children.length;
  }
  get firstChild() {
    return this.kids[0] ?? null;
  }
  get lastChild() {
    return this.kids[this.kids.length - 1] ?? null;
  }
  get firstElementChild() {
    return this.children[0] ?? null;
  }
  get lastElementChild() {
    return this.children.at(-1) ?? null;
  }
  get parentElement() {
    return this.parentNode && this.parentNode.nodeType === 1 ? this.parentNode : null;
  }
  get ownerDocument() {
    return doc;
  }
  get isConnected() {
    let at = this;
    for (let n = 0; at && n < 2 * DEEPEST; n++) {
      if (at === doc) return true;
      at = at.parentNode ?? at.host;
    }
    return false;
  }
  get nextSibling() {
    return beside(this, 1);
  }
  get previousSibling() {
    return beside(this, -1);
  }
  get nextElementSibling() {
    let at = this;
    while ((at = beside(at, 1)) && at.nodeType !== 1);
    return at;
  }
  get previousElementSibling() {
    let at = this;
    while ((at = beside(at, -1)) && at.nodeType !== 1);
    return at;
  }
  get textContent() {
    let said = '';
    for (const k of this.kids) if (k.nodeType !== 8) said += k.textContent;
    return said;
  }
  set textContent(value) {
    this.kids.length = 0;
    if (value !== null && value !== undefined && value !== '') this.append(String(value));
  }
  get innerText() {
    return this.textContent;
  }
  set innerText(value) {
    this.textContent = value;
  }
  get nodeValue() {
    return null;
  }
  hasChildNodes() {
    return this.kids.length > 0;
  }
  contains(other) {
    for (let at = other; at; at = at.parentNode) if (at === this) return true;
    return false;
  }
  getRootNode() {
    let at = this;
    while (at.parentNode) at = at.parentNode;
    return at;
  }
  appendChild(node) {
    return this.insertBefore(node, null);
  }
  insertBefore(node, before) {
    if (node instanceof Fragment) {
      for (const k of [...node.kids]) this.insertBefore(k, before);
      return node;
    }
    if (!(node instanceof Node) || node.contains(this)) return node;
    node.remove();
    const at = before ? this.kids.indexOf(before) : -1;
    if (at < 0) this.kids.push(node);
    else this.kids.splice(at, 0, node);
    node.parentNode = this;
    if (opening) return node;
    if (this.isConnected) joined(node);
    else if (this.tag === 'form') walk(node, owned);
    if (this.tag === 'script' && this.isConnected) joined(this);
    return node;
  }
  append(...all) {
    for (const one of all) this.insertBefore(one instanceof Node ? one : new Text(one), null);
  }
  prepend(...all) {
    const first = this.firstChild;
    for (const one of all) this.insertBefore(one instanceof Node ? one : new Text(one), first);
  }
  replaceChildren(...all) {
    this.kids.length = 0;
    this.append(...all);
  }
  before(...all) {
    for (const one of all) this.parentNode?.insertBefore(one instanceof Node ? one : new Text(one), this);
  }
  after(...all) {
    const next = this.nextSibling;
    for (const one of all) this.parentNode?.insertBefore(one instanceof Node ? one : new Text(one), next);
  }
  replaceWith(...all) {
    this.before(...all);
    this.remove();
  }
  replaceChild(fresh, old) {
    this.insertBefore(fresh, old);
    old.remove();
    return old;
  }
  removeChild(node) {
    node?.remove?.();
    return node;
  }
  remove() {
    const up = this.parentNode;
    if (up) {
      const at = up.kids.indexOf(this);
      if (at >= 0) up.kids.splice(at, 1);
    }
    this.parentNode = null;
  }
  cloneNode(deep) {
    const copy =
      this instanceof Element
        ? element(this.tag)
        : this instanceof Fragment
          ? new Fragment()
          : this instanceof Comment
            ? new Comment(this.data)
            : new Text(this.data);
    if (this instanceof Element) for (const [k, v] of this.attrs) copy.attrs.set(k, v);
    if (deep && made < MOST) for (const k of this.kids) copy.appendChild(k.cloneNode(true));
    return copy;
  }
  normalize() {}
  compareDocumentPosition() {
    return 4;
  }
  isEqualNode(other) {
    return this === other;
  }
  querySelectorAll(selector) {
    const found = [],
      fits = selecting(selector);
    walk(this, (k) => {
      if (k !== this && fits(k)) found.push(k);
    });
    return listed(found);
  }
  querySelector(selector) {
    return this.querySelectorAll(selector)[0] ?? null;
  }
  getElementsByTagName(name) {
    return this.querySelectorAll(name === '*' ? '*' : String(name));
  }
  getElementsByTagNameNS(space, name) {
    return this.getElementsByTagName(name);
  }
  getElementsByClassName(name) {
    return this.querySelectorAll(
      String(name)
        .trim()
        .split(/\s+/)
        .map((n) => '.' + n)
        .join(''),
    );
  }
  getElementsByName(name) {
    return this.querySelectorAll(`[name="${name}"]`);
  }
  getElementById(id) {
    let found = null;
    walk(this, (k) => {
      if (!found && k.attrs && k.attrs.get('id') === String(id)) found = k;
    });
    return found;
  }
}
Object.assign(Node, { ELEMENT_NODE: 1, TEXT_NODE: 3, COMMENT_NODE: 8, DOCUMENT_NODE: 9 });
function beside(node, by) {
  const kids = node.parentNode?.kids;
  return kids?.[kids.indexOf(node) + by] ?? null;
}
function walk(node, look) {
  const todo = [node];
  for (let n = 0; todo.length && n < 3 * MOST; n++) {
    const at = todo.pop();
    look(at);
    for (let i = at.kids.length - 1; i >= 0; i--) todo.push(at.kids[i]);
  }
}
function listed(nodes) {
  const list = [...nodes];
  hide(list, 'item', (n) => list[n] ?? null);
  hide(list, 'namedItem', (n) => list.find((k) => k.id === n || k.getAttribute?.('name') === n) ?? null);
  return list;
}

class Text extends Node {
  constructor(data = '') {
    super(3);
    this.data = String(data);
  }
  get textContent() {
    return this.data;
  }
  set textContent(value) {
    this.data = String(value);
  }
  get nodeValue() {
    return this.data;
  }
  set nodeValue(value) {
    this.data = String(value);
  }
  get length() {
    return this.data.length;
  }
  get wholeText() {
    return this.data;
  }
  get nodeName() {
    return this.nodeType === 8 ? '#comment' : '#text';
  }
  substringData(at, n) {
    return this.data.substr(at, n);
  }
  splitText(at) {
    const rest = new Text(this.data.slice(at));
    this.data = this.data.slice(0, at);
    this.after(rest);
    return rest;
  }
}
class Comment extends Text {
  constructor(data) {
    super(data);
    this.nodeType = 8;
  }
}
class Fragment extends Node {
  constructor() {
    super(11);
  }
  get innerHTML() {
    return this.kids.map(markup).join('');
  }
  set innerHTML(value) {
    wrote(value);
    this.replaceChildren(...parsed(String(value), true));
  }
}
