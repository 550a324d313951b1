// The document and the window's own things, and the play: open, scripts, events, timers, what a reader would do.
let opening = true, current = null, place = null;
const here = new URL('file:///C:/Users/user/Downloads/document.html'), pending = [], elementsMade = new Map();

class Document extends Node {
  constructor() { super(9); this.readyState = 'loading'; this.cookie = ''; this.visibilityState = 'visible'; this.hidden = false; this.referrer = ''; this.domain = ''; this.compatMode = 'CSS1Compat'; this.characterSet = this.charset = this.inputEncoding = 'UTF-8'; this.contentType = 'text/html'; this.designMode = 'off'; this.lastModified = '01/05/2026 09:00:00'; }
  get documentElement() { return this.kids.find((k) => k.tag === 'html') ?? this.kids.find((k) => k.nodeType === 1) ?? null; }
  get head() { return this.documentElement?.kids.find((k) => k.tag === 'head') ?? null; }
  get body() { return this.documentElement?.kids.find((k) => k.tag === 'body') ?? null; }
  set body(v) { this.body.replaceWith(v); }
  get title() { return this.querySelector('title')?.textContent.trim() ?? ''; }
  set title(v) { const t = this.querySelector('title'); if (t) t.textContent = v; }
  get defaultView() { return G; }
  get location() { return place; }
  set location(v) { go(v, 'leaves'); }
  get URL() { return here.href; }
  get documentURI() { return here.href; }
  get baseURI() { return base(); }
  get currentScript() { return current; }
  get activeElement() { return this.body; }
  get scrollingElement() { return this.documentElement; }
  get forms() { return named(this.querySelectorAll('form')); }
  get links() { return this.querySelectorAll('a[href],area[href]'); }
  get images() { return named(this.querySelectorAll('img')); }
  get scripts() { return this.querySelectorAll('script'); }
  get anchors() { return this.querySelectorAll('a[name]'); }
  get embeds() { return this.querySelectorAll('embed'); }
  get all() { return named(this.querySelectorAll('*')); }
  get styleSheets() { return listed(this.querySelectorAll('style').map(sheet)); }
  get implementation() { return { createHTMLDocument: () => documentOf(''), hasFeature: () => true, createDocument: () => documentOf('') }; }
  get doctype() { return { name: 'html', publicId: '', systemId: '' }; }
  get fonts() { return { ready: Promise.resolve(), add() {}, load: () => Promise.resolve([]), addEventListener() {}, check: () => true }; }
  createElement(tag) { const el = element(String(tag).toLowerCase()), cls = elementsMade.get(el.tag); if (cls) upgrade(el, cls); return el; }
  createElementNS(space, tag) { return this.createElement(String(tag).replace(/^\w+:/, '')); }
  createTextNode(t) { return new Text(t); }
  createComment(t) { return new Comment(t); }
  createDocumentFragment() { return new Fragment(); }
  createAttribute(name) { return { name, value: '' }; }
  createEvent() { return new Event(''); }
  createRange() { return { setStart() {}, setEnd() {}, selectNode() {}, selectNodeContents() {}, collapse() {}, deleteContents() {}, getBoundingClientRect: () => ({}), createContextualFragment: (t) => { wrote(t); const f = new Fragment(); f.append(...parsed(String(t))); return f; } }; }
  createTreeWalker(root, show = -1, filter) { const nodes = []; let at = 0; walk(root, (k) => { if (k !== root && show & (1 << (k.nodeType - 1))) { const f = filter?.acceptNode ?? filter; if (typeof f !== 'function' || f(k) === 1) nodes.push(k); } }); const w = { root, currentNode: root, nextNode: () => (at < nodes.length ? (w.currentNode = nodes[at++]) : null), firstChild: () => w.nextNode() }; return w; }
  createNodeIterator(...a) { return this.createTreeWalker(...a); }
  evaluate(path, root) { const found = String(path).includes('comment()') ? [] : this.querySelectorAll(String(path).replace(/^\/\//, '').replace(/\[@(\w+)=/g, '[$1=').replace(/\/\/?/g, ' ')); if (String(path).includes('comment()')) walk(root?.kids ? root : this, (k) => { if (k.nodeType === 8) found.push(k); }); let at = 0; return { singleNodeValue: found[0] ?? null, iterateNext: () => found[at++] ?? null, snapshotLength: found.length, snapshotItem: (n) => found[n], stringValue: found[0]?.textContent ?? '' }; }
  importNode(node, deep) { return node.cloneNode(deep); }
  adoptNode(node) { return node; }
  write(...text) { text = text.map(String).join(''); wrote(text); this.#written(text); }
  writeln(...text) { this.write(...text, '\n'); }
  // What is written in pieces is read as soon as it holds no open tag.
  #written(text) {
    this.rest_ = (this.rest_ ?? '') + text;
    const lower = this.rest_.toLowerCase(), open = lower.lastIndexOf('<script'), cut_ = lower.lastIndexOf('<') > lower.lastIndexOf('>') || (open >= 0 && lower.indexOf('</script', open) < 0);
    if (cut_ && !this.flushing_) { soon(() => this.#flush(), 0); return; }
    this.#flush();
  }
  #flush() {
    const nodes = parsed(this.rest_ ?? ''); this.rest_ = '';
    const at = current?.parentNode ? current : null;
    if (at) for (const n of nodes) at.before(n); else placed_(nodes);
  }
  open(...given) { return given.length > 2 ? G.open(...given) : this; }
  close() { if (this.rest_) this.#flush(); }
  hasFocus() { return true; }
  getSelection() { return G.getSelection(); }
  elementFromPoint() { return this.body; }
  elementsFromPoint() { return [this.body]; }
  execCommand(what) { if (/copy/i.test(what)) { const t = this.querySelectorAll('textarea,input').at(-1); act('copies', t ? t.value : ''); } return true; }
  queryCommandSupported() { return true; }
  exitFullscreen() {}
  startViewTransition(f) { attempt(f); return { finished: Promise.resolve(), ready: Promise.resolve() }; }
  hasStorageAccess() { return Promise.resolve(true); }
}
function named(list) { for (const el of [...list]) for (const k of [el.getAttribute('name'), el.getAttribute('id')]) if (k && !(k in list)) hide(list, k, el); return list; }
const doc = new Document();
const windowTarget = new EventTarget();
function documentBody() { return doc.body; }
function documentOf(source) { const made_ = new Document(), html = element('html'), body = element('body'); made_.kids = [child(html, made_)]; html.kids = [child(element('head'), html), child(body, html)]; body.append(...parsed(source, true).flatMap((k) => (['html', 'head', 'body'].includes(k.tag) ? k.kids.flatMap((x) => (['head', 'body'].includes(x.tag) ? x.kids : [x])) : [k]))); return made_; }
function upgrade(el, cls) { if (el.upgraded_) return; el.upgraded_ = true; upgrading = el; Object.setPrototypeOf(el, cls.prototype); try { new cls(); } catch (error) { failed(error); } upgrading = null; soon(() => attempt(el.connectedCallback, el), 0); }
let upgrading = null;
class HTMLElement extends Element { constructor() { if (upgrading) { const el = upgrading; upgrading = null; return el; } super('div'); } }

// A whole page's nodes go to their places.
function placed_(nodes) {
  for (const node of nodes) {
    if (node.tag === 'html' || node.tag === 'head' || node.tag === 'body') {
      const at = node.tag === 'html' ? doc.documentElement : node.tag === 'head' ? doc.head : doc.body;
      for (const [k, v] of node.attrs) if (!at.attrs.has(k)) at.attrs.set(k, v);
      if (node.tag === 'html') placed_([...node.kids]); else { for (const k of [...node.kids]) at.insertBefore(k, null); if (!opening && node.tag === 'body') { arrived(at); if (node.attrs.has('onload')) soon(() => fire(at, new Event('load')), 1); } }
    } else (HEAD.has(node.tag) && doc.body.kids.length === 0 ? doc.head : doc.body).insertBefore(node, null);
  }
}

// Scripts. Modules: what they import is looked up by us; the rest of one is an ordinary script of its own.
const RUNS = /^(?:|module|(?:text|application)\/(?:x-)?(?:javascript|ecmascript|jscript|livescript|babel)(?:1\.\d)?)$/i;
function prepared(code) { return code.includes('import') ? code.replace(/(^|[^\w$.])import\s*\(/g, '$1imported(') : code; }
function moduled(code) {
  return '(async () => {"use strict";\n' + prepared(code).replace(/(^|[;\n}])\s*import\s+([^"';]{0,2000}?)\s*(?:from\s*)?(?:"([^"\n]*)"|'([^'\n]*)')(?:\s*(?:with|assert)\s*\{[^}]*\})?/g, (all, before, names, one, other) => {
    const from = one ?? other;

    const star = /\*\s+as\s+([\w$]+)/.exec(names), some = /\{([^}]*)\}/.exec(names), first = /^\s*([\w$]+)\s*(?:,|$)/.exec(names);
    return before + (star ? `const ${star[1]} = await imported(${quote(from)});` : '') + (some ? `const {${some[1].replace(/\s+as\s+/g, ': ')}} = await imported(${quote(from)});` : '') + (first ? `const ${first[1]} = (await imported(${quote(from)})).default;` : '') + (names.trim() ? '' : `await imported(${quote(from)});`);
  }).replace(/(^|[;\n}])\s*export\s+default\s+/g, '$1exports_.default = ').replace(/(^|[;\n}])\s*export\s+(?=const|let|var|function|class|async)/g, '$1').replace(/(^|[;\n}])\s*export\s*\{[^}]*\}/g, '$1') + '\n})()';
}
function mapped(from) {
  for (const el of doc.querySelectorAll('script[type=importmap]')) { try { const to = JSON.parse(el.textContent).imports?.[from]; if (to) return to; } catch { /* none */ } }
  return from;
}
function imported(from) {
  from = mapped(String(from));
  const data = contents(String(from));
  if (!data) { act('asks', from, 'import'); return Promise.resolve(tolerant('module')); }
  const exports_ = {}, code = decoded(data.bytes, 'utf-8'), names = [...code.matchAll(/export\s+(?:const|let|var|function\*?|class|async\s+function)\s+([\w$]+)/g)].map((m) => m[1]);
  try { return Promise.resolve(new Function('exports_', 'return ' + moduled(code).replace(/\n\}\)\(\)$/, '\n;' + names.map((n) => `exports_.${n} = ${n};`).join('') + 'return exports_;})()'))(exports_)).catch((e) => { failed(e); return exports_; }); } catch (error) { failed(error); return Promise.resolve(exports_); }
}
function source(el) {
  if (/vbs/i.test((el.getAttribute('type') ?? '') + (el.getAttribute('language') ?? ''))) act('died', 'VBScript');
  if (!RUNS.test((el.getAttribute('type') ?? '').trim()) || (el.attrs.has('nomodule'))) return null;
  const src = el.getAttribute('src') ?? el.getAttribute('href') ?? el.getAttribute('xlink:href');
  if (src === null || src === '') return el.textContent.trim() ? el.textContent : null;
  const data = contents(src.trim());
  if (!data) { if (webLike(src)) act(el.first_ ? 'library' : 'asks', whole(src), 'script'); return null; }
  return decoded(data.bytes, 'utf-8');
}
function coded(el) {
  if (el.ran_) return null;
  const code = source(el);
  if (code === null) return null;
  el.ran_ = true;
  return flat((el.getAttribute('type') ?? '').trim().toLowerCase() === 'module' ? moduled(code) : prepared(code.includes('-->') || code.includes('<!--') ? code.replace(/^\s*<!--/, '//').replace(/^\s*-->/gm, '//') : code));
}
function evaluated(code) {
  if (depth > DEEP) return undefined;
  depth += 1;
  try { return run(prepared(String(code))); } catch (error) {
    if (lacking(error)) try { return run('{' + prepared(String(code)) + '\n}'); } catch (again) { failed(again); } else failed(error);
  } finally { depth -= 1; }
}
function script(el) {
  const code = coded(el);
  if (code !== null) { const before = current; current = el; evaluated(code); current = before; }
  if (el.onload || el.onerror || el.attrs.has('onload')) soon(() => { if (el.getAttribute('src') !== null) happened(el); }, 3);
}

class Worker extends EventTarget {
  constructor(address) {
    super();
    const data = contents(String(address?.url ?? address)), inside = this.inside_ = new EventTarget(), outside = this;
    if (!data) { act('asks', address, 'worker'); return; }
    Object.assign(inside, { postMessage: (v) => soon(() => fire(outside, new Event('message', { data: v })), 1), close() {}, onmessage: null, name: '', location: here, navigator, importScripts: (...all) => { for (const a of all) { const more = contents(a); if (more) evaluated(decoded(more.bytes, 'utf-8')); else act('asks', a, 'import'); } } });
    inside.self = inside.globalThis = inside; inside.ports = [inside]; inside.start = () => {};
    for (const name of ['addEventListener', 'removeEventListener']) inside[name] = inside[name].bind(inside);
    soon(() => { attempt(() => new Function('self', 'with (self) {' + prepared(decoded(data.bytes, 'utf-8')) + '\n}').call(inside, inside)); fire(inside, new Event('connect', { ports: [inside] })); }, 0);
  }
  get port() { return this; }
  start() {}
  postMessage(v) { soon(() => fire(this.inside_, new Event('message', { data: v })), 1); }
  terminate() {}
}
class Port extends EventTarget { postMessage(v) { soon(() => this.other && fire(this.other, new Event('message', { data: v })), 1); } start() {} close() {} }
class MessageChannel { constructor() { this.port1 = new Port(); this.port2 = new Port(); this.port1.other = this.port2; this.port2.other = this.port1; } }
const channels = [];
class BroadcastChannel extends Port { constructor(name) { super(); this.name = name; channels.push(this); } postMessage(v) { for (const c of channels) if (c !== this && c.name === this.name) soon(() => fire(c, new Event('message', { data: v })), 1); } }
const watching = (record) => class { constructor(f) { this.f = f; } observe(target) { const all = [{ target, isIntersecting: true, intersectionRatio: 1, type: 'childList', addedNodes: target?.kids ?? [], removedNodes: [], contentRect: {}, ...record }]; soon(() => attempt(this.f, this, [all, this]), 2); } disconnect() {} unobserve() {} takeRecords() { return []; } };
function storage() { const map = new Map(), own = { getItem: (k) => map.get(String(k)) ?? null, setItem: (k, v) => { map.set(String(k), String(v)); }, removeItem: (k) => { map.delete(String(k)); }, clear: () => map.clear(), key: (n) => [...map.keys()][n] ?? null }; return new Proxy(own, { get: (t, k) => (k === 'length' ? map.size : k in t ? t[k] : map.get(k)), set: (t, k, v) => { map.set(k, String(v)); return true; } }); }
function saver(name) { const parts = []; return Promise.resolve({ name, kind: 'file', createWritable: () => Promise.resolve({ write: async (v) => { parts.push(v?.type === 'write' ? v.data : v); }, seek() {}, truncate() {}, close: async () => octetsOut(together(parts), name, 'saves'), getWriter() { return this; } }), getFile: () => Promise.resolve(new File(parts, name)) }); }
