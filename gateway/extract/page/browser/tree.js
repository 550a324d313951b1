// The document as a tree: reading of markup, elements, selectors. Deeper or more than any page has is left out.
const MOST = 30000, DEEPEST = 400;
const VOID = new Set('area base br col embed hr img input link meta param source track wbr'.split(' '));
const RAW = new Set('script style title textarea xmp iframe noembed noframes noscript'.split(' '));
const HEAD = new Set('title meta link style script base'.split(' '));
const NAMED = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\xa0', copy: '\xa9', Tab: '\t', NewLine: '\n', colon: ':', sol: '/',
  lpar: '(', rpar: ')', period: '.', comma: ',', semi: ';', equals: '=', quest: '?', num: '#', bsol: '\\', lsqb: '[', rsqb: ']', lbrack: '[',
  rbrack: ']', lcub: '{', rcub: '}', lowbar: '_', hyphen: '\u2010', dash: '\u2010', excl: '!', plus: '+', ast: '*', percnt: '%', dollar: '$',
  commat: '@', grave: '`', vert: '|', verbar: '|', zwj: '\u200d', zwnj: '\u200c', shy: '\xad', ensp: '\u2002', emsp: '\u2003', thinsp: '\u2009' };
let made = 0;

function unescaped(text) {
  return text.indexOf('&') < 0 ? text : text.replace(/&(?:#(\d{1,7});?|#[xX]([0-9a-fA-F]{1,6});?|([A-Za-z]{2,10});?)/g, (all, ten, hex, name) => {
    const code = ten ? +ten : hex ? parseInt(hex, 16) : -1;
    return code >= 0 ? (code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd') : NAMED[name] ?? all;
  });
}
const escaped = (text) => String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

class EventTarget {
  #heard = null;
  addEventListener(type, f) {
    if (!f) return;
    this.#heard ??= new Map();
    const list = this.#heard.get(type += '') ?? [];
    if (!list.includes(f)) list.push(f);
    this.#heard.set(type, list);
    if (listening.size < 2000) listening.add(this);
  }
  removeEventListener(type, f) { const list = this.#heard?.get(type); if (list && list.includes(f)) list.splice(list.indexOf(f), 1); }
  dispatchEvent(event) { const goes = fire(this, event); if (goes && event.type === 'click' && this instanceof Element) activated(this); return goes; }
  static heard(target) { return target.#heard ? [...target.#heard.keys()] : []; }
  static of(target, type) { return [...target.#heard?.get(type) ?? []]; }
}
const listening = new Set(), handling = new Set(), focused = [];

class Event {
  constructor(type, init) { Object.assign(this, { bubbles: false, detail: null }, init); this.type = type + ''; this.isTrusted = true; this.timeStamp = 1200.5; this.target = null; }
  preventDefault() { this.defaultPrevented = true; }
  stopPropagation() { this.stopped = true; }
  stopImmediatePropagation() { this.stopped = true; this.halted = true; }
  composedPath() { return [this.target]; }
  initEvent(type) { this.type = type; }
  initMouseEvent(type) { this.type = type; }
  initCustomEvent(type, a, b, detail) { this.type = type; this.detail = detail; }
  getModifierState() { return false; }
}
Object.assign(Event.prototype, { clientX: 311, clientY: 207, screenX: 311, screenY: 290, pageX: 311, pageY: 207, movementX: 4, movementY: 2, key: 'Enter',
  code: 'Enter', keyCode: 13, which: 13, button: 0, buttons: 1, deltaY: 40, pointerType: 'mouse', persisted: false, defaultPrevented: false, inputType: 'insertText' });

function fire(target, event) {
  event.target ??= target;
  const path = [];
  for (let at = target; at && path.length < 100; at = at.parentNode ?? (at === doc ? windowTarget : null)) path.push(at);
  for (const at of event.type === 'load' || event.type === 'error' ? path.slice(0, 1) : path) {
    event.currentTarget = at;
    const own = handler(at, event.type);
    const self = at === windowTarget ? G : at;
    if (own && attempt(own, self, event.given ?? [event]) === false) event.defaultPrevented = true;
    for (const f of EventTarget.of(at, event.type)) {
      attempt(f, self, [event]);
      if (event.halted) break;
    }
    if (event.stopped) break;
  }
  return !event.defaultPrevented;
}
function handler(at, type) {
  const own = (at === windowTarget ? G : at)['on' + type];
  if (typeof own === 'function') return own;
  const code = at instanceof Element ? at.getAttribute('on' + type) : null;
  return code ? compiled(code, at) : null;
}
function compiled(code, at) {
  try { return new Function('event', 'with (this.ownerDocument || this) { with (this) {\n' + prepared(code) + '\n} }'); } catch { /* below */ }
  try { return new Function('event', prepared(code)); } catch (error) { failed(error); return null; }
}

const NONE = Object.freeze([]);                     // a text has no children
class Node extends EventTarget {
  constructor(type) { super(); this.nodeType = type; this.parentNode = null; this.kids = type === 3 ? NONE : []; }
  get childNodes() { return listed(this.kids); }
  get children() { return listed(this.kids.filter((k) => k.nodeType === 1)); }
  get childElementCount() { return this.children.length; }
  get firstChild() { return this.kids[0] ?? null; }
  get lastChild() { return this.kids[this.kids.length - 1] ?? null; }
  get firstElementChild() { return this.children[0] ?? null; }
  get lastElementChild() { return this.children.at(-1) ?? null; }
  get parentElement() { return this.parentNode && this.parentNode.nodeType === 1 ? this.parentNode : null; }
  get ownerDocument() { return doc; }
  get isConnected() { let at = this; for (let n = 0; at && n < 2 * DEEPEST; n++) { if (at === doc) return true; at = at.parentNode ?? at.host; } return false; }
  get nextSibling() { return beside(this, 1); }
  get previousSibling() { return beside(this, -1); }
  get nextElementSibling() { let at = this; while ((at = beside(at, 1)) && at.nodeType !== 1); return at; }
  get previousElementSibling() { let at = this; while ((at = beside(at, -1)) && at.nodeType !== 1); return at; }
  get textContent() { let said = ''; for (const k of this.kids) if (k.nodeType !== 8) said += k.textContent; return said; }
  set textContent(value) { this.kids.length = 0; if (value !== null && value !== undefined && value !== '') this.append(String(value)); }
  get innerText() { return this.textContent; }
  set innerText(value) { this.textContent = value; }
  get nodeValue() { return null; }
  hasChildNodes() { return this.kids.length > 0; }
  contains(other) { for (let at = other; at; at = at.parentNode) if (at === this) return true; return false; }
  getRootNode() { let at = this; while (at.parentNode) at = at.parentNode; return at; }
  appendChild(node) { return this.insertBefore(node, null); }
  insertBefore(node, before) {
    if (node instanceof Fragment) { for (const k of [...node.kids]) this.insertBefore(k, before); return node; }
    if (!(node instanceof Node) || node.contains(this)) return node;
    node.remove();
    const at = before ? this.kids.indexOf(before) : -1;
    if (at < 0) this.kids.push(node); else this.kids.splice(at, 0, node);
    node.parentNode = this;
    if (opening) return node;
    if (this.isConnected) joined(node);
    if (this.tag === 'script' && this.isConnected) joined(this);
    return node;
  }
  append(...all) { for (const one of all) this.insertBefore(one instanceof Node ? one : new Text(one), null); }
  prepend(...all) { const first = this.firstChild; for (const one of all) this.insertBefore(one instanceof Node ? one : new Text(one), first); }
  replaceChildren(...all) { this.kids.length = 0; this.append(...all); }
  before(...all) { for (const one of all) this.parentNode?.insertBefore(one instanceof Node ? one : new Text(one), this); }
  after(...all) { const next = this.nextSibling; for (const one of all) this.parentNode?.insertBefore(one instanceof Node ? one : new Text(one), next); }
  replaceWith(...all) { this.before(...all); this.remove(); }
  replaceChild(fresh, old) { this.insertBefore(fresh, old); old.remove(); return old; }
  removeChild(node) { node?.remove?.(); return node; }
  remove() { const up = this.parentNode; if (up) { const at = up.kids.indexOf(this); if (at >= 0) up.kids.splice(at, 1); } this.parentNode = null; }
  cloneNode(deep) {
    const copy = this instanceof Element ? element(this.tag) : this instanceof Fragment ? new Fragment() : this instanceof Comment ? new Comment(this.data) : new Text(this.data);
    if (this instanceof Element) for (const [k, v] of this.attrs) copy.attrs.set(k, v);
    if (deep && made < MOST) for (const k of this.kids) copy.appendChild(k.cloneNode(true));
    return copy;
  }
  normalize() {}
  compareDocumentPosition() { return 4; }
  isEqualNode(other) { return this === other; }
  querySelectorAll(selector) { const found = [], fits = selecting(selector); walk(this, (k) => { if (k !== this && fits(k)) found.push(k); }); return listed(found); }
  querySelector(selector) { return this.querySelectorAll(selector)[0] ?? null; }
  getElementsByTagName(name) { return this.querySelectorAll(name === '*' ? '*' : String(name)); }
  getElementsByTagNameNS(space, name) { return this.getElementsByTagName(name); }
  getElementsByClassName(name) { return this.querySelectorAll(String(name).trim().split(/\s+/).map((n) => '.' + n).join('')); }
  getElementsByName(name) { return this.querySelectorAll(`[name="${name}"]`); }
  getElementById(id) { let found = null; walk(this, (k) => { if (!found && k.attrs && k.attrs.get('id') === String(id)) found = k; }); return found; }
}
Object.assign(Node, { ELEMENT_NODE: 1, TEXT_NODE: 3, COMMENT_NODE: 8, DOCUMENT_NODE: 9 });
function beside(node, by) { const kids = node.parentNode?.kids; return kids?.[kids.indexOf(node) + by] ?? null; }
function walk(node, look) { const todo = [node]; for (let n = 0; todo.length && n < 3 * MOST; n++) { const at = todo.pop(); look(at); for (let i = at.kids.length - 1; i >= 0; i--) todo.push(at.kids[i]); } }
function listed(nodes) {
  const list = [...nodes];
  hide(list, 'item', (n) => list[n] ?? null);
  hide(list, 'namedItem', (n) => list.find((k) => k.id === n || k.getAttribute?.('name') === n) ?? null);
  return list;
}

class Text extends Node {
  constructor(data = '') { super(3); this.data = String(data); }
  get textContent() { return this.data; }
  set textContent(value) { this.data = String(value); }
  get nodeValue() { return this.data; }
  set nodeValue(value) { this.data = String(value); }
  get length() { return this.data.length; }
  get wholeText() { return this.data; }
  get nodeName() { return this.nodeType === 8 ? '#comment' : '#text'; }
  substringData(at, n) { return this.data.substr(at, n); }
  splitText(at) { const rest = new Text(this.data.slice(at)); this.data = this.data.slice(0, at); this.after(rest); return rest; }
}
class Comment extends Text { constructor(data) { super(data); this.nodeType = 8; } }
class Fragment extends Node {
  constructor() { super(11); }
  get innerHTML() { return this.kids.map(markup).join(''); }
  set innerHTML(value) { wrote(value); this.replaceChildren(...parsed(String(value), true)); }
}

function markup(node) {
  if (node.nodeType === 3) return RAW.has(node.parentNode?.tag) ? node.data : escaped(node.data);
  if (node.nodeType === 8) return '<!--' + node.data + '-->';
  let open = '<' + node.tag;
  for (const [k, v] of node.attrs ?? []) open += ' ' + k + '="' + String(v).replace(/&/g, '&amp;').replace(/"/g, '&quot;') + '"';
  return VOID.has(node.tag) ? open + '>' : open + '>' + node.kids.map(markup).join('') + '</' + node.tag + '>';
}

const OPEN = /([A-Za-z][^\s\/>]*)/y, ATTR = /[\s\/]*([^\s\/>=][^\s\/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?/y;
// Nodes of a piece of markup. `inert`: its scripts never run, as those of innerHTML do not.
function parsed(source, inert) {
  const root = new Fragment(), open = [root];
  let at = 0;
  while (at < source.length && made < MOST) {
    const top = open[open.length - 1], lt = source.indexOf('<', at), next = source[lt + 1];
    if (lt !== at) top.kids.push(child(new Text(unescaped(source.slice(at, lt < 0 ? source.length : lt))), top));
    if (lt < 0) break;
    if (next === '!' && source.startsWith('<!--', lt)) {
      const end = /--!?>/g; end.lastIndex = lt + 2;
      const found = end.exec(source), stop = found ? found.index : source.length;
      top.kids.push(child(new Comment(source.slice(lt + 4, Math.max(lt + 4, stop))), top));
      at = found ? end.lastIndex : source.length;
    } else if (next === '!' || next === '?') {
      const end = source.startsWith('<![CDATA[', lt) ? source.indexOf(']]>', lt) : source.indexOf('>', lt);
      if (source.startsWith('<![CDATA[', lt)) top.kids.push(child(new Text(source.slice(lt + 9, end < 0 ? source.length : end)), top));
      at = end < 0 ? source.length : end + (source.startsWith('<![CDATA[', lt) ? 3 : 1);
    } else if (next === '/') {
      const end = source.indexOf('>', lt), name = source.slice(lt + 2, end < 0 ? source.length : end).trim().toLowerCase().split(/[\s\/]/)[0];
      for (let i = open.length - 1; i > 0; i--) if (open[i].tag === name) { open.length = i; break; }
      at = end < 0 ? source.length : end + 1;
    } else if ((next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z')) {
      OPEN.lastIndex = lt + 1;
      const said = OPEN.exec(source)[1].toLowerCase(), name = said.endsWith(':script') ? 'script' : said, el = element(name);
      at = attributes(source, OPEN.lastIndex, el);
      el.inert_ = inert;
      if ((name === 'p' || name === 'li' || name === 'td' || name === 'tr' || name === 'option') && top.tag === name) open.pop();
      open[open.length - 1].kids.push(child(el, open[open.length - 1]));
      if (RAW.has(name) && source[at - 2] !== '/') at = raw(source, at, el, name);
      else if (!VOID.has(name) && !(source[at - 2] === '/' && el.inSvg) && open.length < DEEPEST) open.push(el);
    } else { top.kids.push(child(new Text('<'), top)); at = lt + 1; }
  }
  return root.kids.slice();
}
function child(node, up) { node.parentNode = up; return node; }
function attributes(source, at, el) {
  for (let n = 0; n < 400; n++) {
    ATTR.lastIndex = at;
    const found = ATTR.exec(source);
    if (!found) break;
    at = ATTR.lastIndex;
    const key = found[1].toLowerCase();
    if (el.attrs.has(key)) continue;
    el.attrs.set(key, unescaped(found[2] ?? found[3] ?? found[4] ?? ''));
    if (key[0] === 'o' && key[1] === 'n') handling.add(el);
    else if (key === 'autofocus') focused.push(el);
  }
  const end = source.indexOf('>', at);
  return end < 0 ? source.length : end + 1;
}
function raw(source, at, el, name) {
  const end = new RegExp('</' + name, 'ig'); end.lastIndex = at;
  const found = end.exec(source), stop = found ? found.index : source.length, text = source.slice(at, stop);
  if (text) el.kids.push(child(new Text(name === 'title' || name === 'textarea' ? unescaped(text) : text), el));
  const close = source.indexOf('>', stop);
  return close < 0 ? source.length : close + 1;
}

const kept = new Map();
function selecting(selector) {
  selector = String(selector);
  let fits = kept.get(selector);
  if (!fits) {
    const ways = selector.split(/,(?![^(\[]*[)\]])/).map(chain);
    fits = (el) => el.nodeType === 1 && ways.some((way) => way(el));
    if (kept.size < 1000) kept.set(selector, fits);
  }
  return fits;
}
function chain(one) {
  const parts = one.trim().match(/\s*[>+~]\s*|\s+|(?:\[[^\]]*\]|:[\w-]+\([^)]*\)|[^\s>+~\[:]+|:+[\w-]+)+/g) ?? [];
  const steps = parts.map((p) => /^\s*[>+~]?\s*$/.test(p) ? p.trim() || ' ' : simple(p));
  const at = (el, i) => {
    if (!el || el.nodeType !== 1 || typeof steps[i] !== 'function' || !steps[i](el)) return false;
    if (i === 0) return true;
    const how = steps[i - 1];
    if (how === '>') return at(el.parentNode, i - 2);
    if (how === '+') return at(el.previousElementSibling, i - 2);
    if (how === '~') { for (let b = el.previousElementSibling; b; b = b.previousElementSibling) if (at(b, i - 2)) return true; return false; }
    for (let up = el.parentNode; up; up = up.parentNode) if (at(up, i - 2)) return true;
    return false;
  };
  return (el) => steps.length > 0 && at(el, steps.length - 1);
}
const PART = /\[\s*([\w:-]+)\s*(?:([~|^$*]?=)\s*(?:"([^"]*)"|'([^']*)'|([^\s\]]*))\s*[is]?\s*)?\]|:{1,2}([\w-]+)(?:\(([^)]*)\))?|([#.]?)((?:\\.|[\w*$|\u0080-\uffff-])+)/g;
function simple(part) {
  const tests = [];
  for (const [, key, op, a, b, c, pseudo, arg, mark, word] of part.matchAll(PART)) {
    const name = word?.replace(/\\/g, '');
    if (key) tests.push(valued(key, op, a ?? b ?? c ?? ''));
    else if (pseudo) tests.push(placed(pseudo, arg));
    else if (mark === '#') tests.push((el) => el.attrs.get('id') === name);
    else if (mark === '.') tests.push((el) => (el.attrs.get('class') ?? '').split(/\s+/).includes(name));
    else if (name !== '*') tests.push((el) => el.tag === name.toLowerCase());
  }
  return (el) => tests.every((t) => t(el));
}
function valued(key, op, wanted) {
  const check = { '=': (v) => v === wanted, '^=': (v) => v.startsWith(wanted), '$=': (v) => v.endsWith(wanted), '*=': (v) => v.includes(wanted),
    '~=': (v) => v.split(/\s+/).includes(wanted), '|=': (v) => v === wanted || v.startsWith(wanted + '-') }[op] ?? (() => true);
  return (el) => { const v = el.attrs.get(key.toLowerCase()); return v !== undefined && check(v); };
}
function placed(pseudo, arg) {
  const index = (el) => el.parentNode ? el.parentNode.children.indexOf(el) + 1 : 1;
  if (pseudo === 'not') { const inner = selecting(arg); return (el) => !inner(el); }
  if (pseudo === 'first-child') return (el) => index(el) === 1;
  if (pseudo === 'last-child') return (el) => el.nextElementSibling === null;
  if (pseudo === 'nth-child' && /^\d+$/.test(arg)) return (el) => index(el) === +arg;
  if (pseudo === 'checked') return (el) => el.attrs.has('checked') || el.checked === true;
  return () => true;
}
