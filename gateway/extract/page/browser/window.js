// The window: where scripts start and what they ask of a browser. A person's desktop, a file just opened.
class Element extends Node {
  constructor(tag) { super(1); this.tag = tag; this.attrs = new Map(); made += 1; }
  get tagName() { return this.inSvg ? this.tag : this.tag.toUpperCase(); }
  get nodeName() { return this.tagName; }
  get localName() { return this.tag; }
  get inSvg() { for (let at = this; at?.tag; at = at.parentNode) if (at.tag === 'svg') return true; return false; }
  get namespaceURI() { return this.inSvg ? 'http://www.w3.org/2000/svg' : 'http://www.w3.org/1999/xhtml'; }
  get attributes() { return listed([...this.attrs].map(([name, value]) => ({ name, value, nodeName: name, nodeValue: value, localName: name, specified: true }))); }
  getAttribute(k) { return this.attrs.get(String(k).toLowerCase()) ?? null; }
  setAttribute(k, v) { k = String(k).toLowerCase(); const old = this.attrs.get(k); this.attrs.set(k, String(v)); if (k.startsWith('on')) handling.add(this); changed(this, k, old); if (k === 'id' && this.isConnected) called(this); }
  setAttributeNS(space, k, v) { this.setAttribute(k, v); }
  getAttributeNS(space, k) { return this.getAttribute(k); }
  setAttributeNode(a) { this.setAttribute(a.name, a.value); }
  getAttributeNode(k) { return this.hasAttribute(k) ? { name: k, value: this.getAttribute(k) } : null; }
  hasAttribute(k) { return this.attrs.has(String(k).toLowerCase()); }
  hasAttributes() { return this.attrs.size > 0; }
  removeAttribute(k) { this.attrs.delete(String(k).toLowerCase()); }
  toggleAttribute(k) { if (this.hasAttribute(k)) this.removeAttribute(k); else this.setAttribute(k, ''); }
  getAttributeNames() { return [...this.attrs.keys()]; }
  get innerHTML() { return (this.content ?? this).kids.map(markup).join(''); }
  set innerHTML(v) { if (v === trustedEmpty) return; wrote(v); const kids = parsed(String(v ?? ''), true); if (this.tag === 'template') { this.content_ = new Fragment(); this.content_.append(...kids); } else this.replaceChildren(...kids); }
  get outerHTML() { return markup(this); }
  set outerHTML(v) { wrote(v); this.replaceWith(...parsed(String(v), true)); }
  setHTMLUnsafe(v) { this.innerHTML = v; }
  setHTML(v) { this.innerHTML = v; }
  insertAdjacentHTML(where, v) { wrote(v); this.#put(where, ...parsed(String(v), true)); }
  insertAdjacentElement(where, el) { this.#put(where, el); return el; }
  insertAdjacentText(where, t) { this.#put(where, t); }
  #put(where, ...nodes) { ({ beforebegin: () => this.before(...nodes), afterbegin: () => this.prepend(...nodes), beforeend: () => this.append(...nodes), afterend: () => this.after(...nodes) })[String(where).toLowerCase()]?.(); }
  get content() { if (this.tag === 'meta') return this.getAttribute('content') ?? ''; if (this.tag !== 'template') return undefined; if (!this.content_) { this.content_ = new Fragment(); this.content_.append(...this.kids.map((k) => k.cloneNode(true))); } return this.content_; }
  set content(v) { this.setAttribute('content', v); }
  get dataset() { return dashed(this, 'data-'); }
  get style() { return (this.style_ ??= styled(this)); }
  set style(v) { this.setAttribute('style', v); }
  get classList() { const el = this, all = () => (el.getAttribute('class') ?? '').split(/\s+/).filter(Boolean), put = (l) => el.attrs.set('class', l.join(' ')); return { add: (...n) => put([...new Set([...all(), ...n])]), remove: (...n) => put(all().filter((c) => !n.includes(c))), contains: (n) => all().includes(n), toggle: (n, on) => { const has = on === undefined ? all().includes(n) : !on; put(has ? all().filter((c) => c !== n) : [...all(), n]); return !has; }, replace: (a, b) => put(all().map((c) => (c === a ? b : c))), item: (n) => all()[n] ?? null, forEach: (f) => all().forEach(f), get length() { return all().length; }, get value() { return all().join(' '); }, [Symbol.iterator]: () => all().values(), toString: () => all().join(' ') }; }
  get relList() { return { add() {}, supports: () => true, contains: () => false }; }
  matches(s) { return selecting(s)(this); }
  closest(s) { for (let at = this; at && at.nodeType === 1; at = at.parentNode) if (at.matches(s)) return at; return null; }
  get value() { return this.value_ ?? (this.tag === 'textarea' ? this.textContent : this.tag === 'select' ? this.querySelector('[selected]')?.value ?? this.querySelector('option')?.value ?? '' : this.tag === 'option' ? this.getAttribute('value') ?? this.textContent : this.getAttribute('value') ?? ''); }
  set value(v) { this.value_ = String(v); if (this.tag !== 'input' || this.type === 'hidden') this.attrs.set('value', String(v)); }
  get text() { return this.textContent; }
  set text(v) { this.textContent = v; }
  get options() { return this.querySelectorAll('option'); }
  get elements() { return this.querySelectorAll('input,select,textarea,button'); }
  get form() { return this.closest('form'); }
  get rows() { return this.querySelectorAll('tr'); }
  get cells() { return this.querySelectorAll('td,th'); }
  get sheet() { return sheet(this); }
  get shadowRoot() { return this.shadow_ ?? null; }
  attachShadow() { this.shadow_ = new Fragment(); this.shadow_.host = this; shadows.push(this.shadow_); return this.shadow_; }
  get contentWindow() { return (this.inner_ ??= inner(this)); }
  get contentDocument() { return this.contentWindow.document; }
  click() { clicked(this); }
  submit() { submitted(this, 'submits'); }
  requestSubmit() { if (fire(this, new Event('submit', { bubbles: true, submitter: null }))) submitted(this, 'submits'); }
  focus() { fire(this, new Event('focus')); }
  blur() { fire(this, new Event('blur')); }
  getBoundingClientRect() { return { x: 8, y: 8, left: 8, top: 8, right: 808, bottom: 408, width: 800, height: 400 }; }
  getClientRects() { return [this.getBoundingClientRect()]; }
  getContext() { return tolerantCanvas(this); }
  toDataURL() { return 'data:image/png;base64,iVBORw0KGgo='; }
  toBlob(f) { soon(() => attempt(f, this, [new Blob([], { type: 'image/png' })]), 1); }
  animate() { const done = { finished: Promise.resolve(), cancel() {}, play() {}, addEventListener() {} }; soon(() => attempt(done.onfinish, done, [new Event('finish')]), 5); return done; }
  getAnimations() { return []; }
  decode() { return Promise.resolve(); }
  play() { return Promise.resolve(); }
  checkValidity() { return true; }
  reportValidity() { return true; }
}
for (const name of ['scrollIntoView', 'scrollTo', 'scroll', 'setPointerCapture', 'releasePointerCapture', 'select', 'reset', 'load', 'pause', 'setCustomValidity', 'setSelectionRange',
  'showModal', 'show', 'close', 'showPopover', 'hidePopover', 'attachEvent', 'requestFullscreen', 'setAttributeNodeNS', 'insertRow', 'createTHead', 'add']) Element.prototype[name] = function () {};
Object.assign(Element.prototype, { offsetWidth: 800, offsetHeight: 400, clientWidth: 800, clientHeight: 400, scrollHeight: 900, scrollWidth: 800, scrollTop: 0, offsetTop: 0, offsetLeft: 0, complete: true, naturalWidth: 1, naturalHeight: 1, readyState: 4, selectedIndex: 0, files: [] });
for (const [property, key] of Object.entries({ id: 'id', className: 'class', src: 'src', action: 'action', method: 'method', name: 'name', title: 'title', alt: 'alt', rel: 'rel', target: 'target',
  download: 'download', srcdoc: 'srcdoc', data: 'data', type: 'type', httpEquiv: 'http-equiv', lang: 'lang', dir: 'dir', placeholder: 'placeholder', htmlFor: 'for', charset: 'charset', formAction: 'formaction',
  enctype: 'enctype', slot: 'slot', nonce: 'nonce', ping: 'ping', accept: 'accept', background: 'background', cite: 'cite', label: 'label', width: 'width', height: 'height', sandbox: 'sandbox', poster: 'poster', contentEditable: 'contenteditable', defaultValue: 'value' })) {
  define(Element.prototype, property, { get() { return this.attrs.get(key) ?? ''; }, set(v) { this.setAttribute(key, v); }, configurable: true, enumerable: true });
}
for (const key of ['hidden', 'disabled', 'checked', 'async', 'defer', 'required', 'autofocus', 'open', 'selected', 'multiple', 'readonly']) {
  define(Element.prototype, key, { get() { return this.attrs.has(key); }, set(v) { if (v) this.setAttribute(key, ''); else this.attrs.delete(key); }, configurable: true });
}
define(Element.prototype, 'href', { get() { const v = this.attrs.get('href'); return v === undefined ? '' : whole(v); }, set(v) { this.setAttribute('href', v); }, configurable: true });
for (const key of ['protocol', 'host', 'hostname', 'port', 'pathname', 'search', 'hash', 'origin', 'username', 'password']) {
  define(Element.prototype, key, { get() { return URL.parse(this.href)?.[key] ?? ''; }, set(v) { const url = URL.parse(this.href || here.href); if (url) { url[key] = key === 'protocol' ? String(v).replace(/:?$/, ':') : v; this.setAttribute('href', url.href); } }, configurable: true });
}
const trustedEmpty = {}, shadows = [];
function dashed(el, prefix) {
  const key = (k) => prefix + String(k).replace(/[A-Z]/g, (c) => '-' + c.toLowerCase());
  return new Proxy({}, { get: (t, k) => (typeof k === 'symbol' ? undefined : el.attrs.get(key(k))), set: (t, k, v) => { el.attrs.set(key(k), String(v)); return true; }, has: (t, k) => el.attrs.has(key(k)), deleteProperty: (t, k) => el.attrs.delete(key(k)) || true,
    ownKeys: () => [...el.attrs.keys()].filter((k) => k.startsWith(prefix)).map((k) => k.slice(prefix.length).replace(/-([a-z])/g, (a, c) => c.toUpperCase())),
    getOwnPropertyDescriptor: (t, k) => (typeof k === 'string' && el.attrs.has(key(k)) ? { value: el.attrs.get(key(k)), enumerable: true, configurable: true, writable: true } : undefined) });
}
function declarations(text, into) { for (const [, k, a, b, v] of String(text).matchAll(/([\w-]+)\s*:\s*(?:"([^"]*)"\s*|'([^']*)'\s*|((?:url\([^)]*\)|"[^"]*"|'[^']*'|[^;])*))(?:;|$)/g)) into.set(k.toLowerCase(), (a !== undefined ? `"${a}"` : b !== undefined ? `"${b}"` : v ?? '').trim()); return into; }
function styleOf(map) {
  const key = (k) => (k === 'cssFloat' ? 'float' : String(k).startsWith('--') ? k : String(k).replace(/[A-Z]/g, (c) => '-' + c.toLowerCase()));
  return new Proxy({}, { get: (t, k) => ({ getPropertyValue: (n) => map.get(String(n).toLowerCase()) ?? '', setProperty: (n, v) => { map.set(String(n).toLowerCase(), String(v)); }, removeProperty: (n) => map.delete(n), cssText: [...map].map((p) => p.join(': ')).join('; '), length: map.size, item: (n) => [...map.keys()][n] })[k] ?? (typeof k === 'symbol' ? undefined : /^\d+$/.test(k) ? [...map.keys()][k] : map.get(key(k)) ?? ''), set: (t, k, v) => { if (k === 'cssText') declarations(v, map); else map.set(key(k), String(v)); return true; } });
}
function styled(el) { return styleOf(declarations(el.getAttribute('style') ?? '', new Map())); }
function rulesOf(el) { return [...el.textContent.matchAll(/([^{}]+)\{([^{}]*)\}/g)].slice(0, 2000); }
function sheet(el) { const rules = rulesOf(el).map(([text, selector, body]) => ({ cssText: text.trim(), selectorText: selector.trim(), style: styleOf(declarations(body, new Map())), type: 1 })); return { cssRules: rules, rules, insertRule() {}, addRule() {}, deleteRule() {}, ownerNode: el, href: null }; }
function getComputedStyle(el, pseudo) {
  const map = new Map([['display', 'block'], ['visibility', 'visible']]), side = pseudo ? String(pseudo).replace(/^:+/, '') : '';
  for (const style of doc.querySelectorAll('style')) for (const [, selector, body] of rulesOf(style)) {
    const part = /::?(before|after)\s*$/.exec(selector.trim());
    try { if ((part?.[1] ?? '') === side && (selector.includes(':root') || el.matches(selector.replace(/::?(before|after)\s*/g, '').trim()))) declarations(body, map); } catch { /* no selector */ }
  }
  if (!side) declarations(el.getAttribute?.('style') ?? '', map);
  return styleOf(map);
}
function tolerantCanvas(canvas) {
  const pixels = (w, h) => ({ width: w, height: h, data: new Uint8ClampedArray(Math.min(4e6, Math.max(4, Math.abs(w * h * 4) || 4))) });
  return new Proxy({}, { get: (t, k) => k === 'getImageData' ? (x, y, w, h) => { act('pixels', ''); return pixels(w, h); } : k === 'createImageData' ? pixels : k === 'measureText' ? () => ({ width: 42 }) : k === 'canvas' ? canvas : k in t ? t[k] : typeof k === 'symbol' ? undefined : () => tolerant('canvas'), set: (t, k, v) => { t[k] = v; return true; } });
}
function element(tag) { const el = new Element(tag); if (tag === 'base') bases.push(el); else if (tag === 'input') inputs.push(el); return el; }
const bases = [], inputs = [];
function whole(v) { try { return new URL(v, base()).href; } catch { return String(v); } }
function base() { return bases.find((el) => el.attrs.has('href') && el.isConnected)?.getAttribute('href').replace(/^(?![a-z]+:)/i, 'file:///') || here.href; }

// What stands in the document from now on, or has got an attribute there.
function joined(node) {
  walk(node, (k) => { if (k.nodeType === 1) { arrived(k); for (const key of ['onload', 'onerror', 'onfocus']) if (k.attrs.has(key) && !opening) soon(() => happened(k), 1); const cls = elementsMade.get(k.tag); if (cls) upgrade(k, cls); } });
}
function happened(el) {
  const src = el.getAttribute('src') ?? el.getAttribute('href') ?? el.getAttribute('data');
  const there = !['img', 'script', 'link', 'video', 'audio', 'source', 'object', 'embed', 'image', 'input'].includes(el.tag) || /^\s*(https?:|\/\/|data:(image\/[a-z+]+[;,]|text)|blob:)/i.test(src ?? '');
  fire(el, new Event(there ? 'load' : 'error'));
  if (el.hasAttribute('autofocus') || el.hasAttribute('onfocus')) fire(el, new Event('focus'));
}
function called(el) {
  const id = el.attrs.get('id') ?? (el.tag === 'form' || el.tag === 'img' || el.tag === 'iframe' ? el.attrs.get('name') : undefined);
  if (id && !(id in G)) define(G, id, { get: () => doc.getElementById(id) ?? el, set: (v) => define(G, id, { value: v, writable: true, configurable: true }), configurable: true });
}
function arrived(el) {
  if (!opening) called(el);
  if (el.tag === 'script') { if (!opening && !el.inert_) script(el); return; }
  const address = el.getAttribute(el.tag === 'object' ? 'data' : el.tag === 'link' || el.tag === 'base' ? 'href' : 'src');
  if (el.tag === 'iframe' || el.tag === 'frame' || el.tag === 'embed' || el.tag === 'object') {
    if (el.hasAttribute('srcdoc') && !opening) page(el.getAttribute('srcdoc'), 'frame');
    else if (address && (!opening || /^\s*javascript:/i.test(address))) framed(address);
    if (el.onload && !opening) soon(() => fire(el, new Event('load')), 2);
  } else if (el.tag === 'meta' && /refresh/i.test(el.getAttribute('http-equiv') ?? '') && !opening) {
    const found = /(?:url\s*=\s*)?["']?\s*([a-z][a-z0-9+.-]*:[^"']*|\/\/[^"']*)/i.exec((el.getAttribute('content') ?? '').replace(/^[\s\d.;,]*/, ''));
    if (found) go(found[1], 'refreshes');
  } else if ((el.tag === 'img' || el.tag === 'link' || el.tag === 'audio' || el.tag === 'video') && !opening && (el.onload || el.onerror)) soon(() => happened(el), 2);
}
function changed(el, key, old) {
  if (el.upgraded_ && el.constructor.observedAttributes?.includes(key)) attempt(el.attributeChangedCallback, el, [key, old ?? null, el.attrs.get(key)]);
  if (key === 'src' && el.tag === 'img' && !el.isConnected && (el.onload || el.onerror || EventTarget.heard(el).length || el.attrs.has('onerror'))) soon(() => happened(el), 2);
  else if (key === 'src' && el.tag === 'img') soon(() => { if (el.onload || el.onerror || EventTarget.heard(el).length) happened(el); }, 2);
  if (!el.isConnected || opening) return;
  if (['src', 'data', 'srcdoc', 'content', 'http-equiv'].includes(key)) { if (el.tag === 'script') { if (key === 'src' && !el.ran_) script(el); } else arrived(el); }
}
function framed(address) {
  const here = contents(address);
  if (/^\s*javascript:/i.test(address)) go(address, 'frame');
  else if (here) { if (pageLike(here)) page(decoded(here.bytes, 'utf-8'), 'frame'); else octetsOut(here.bytes, '', 'frame'); } else if (webLike(address)) act('frame', whole(address));
}
const pageLike = (data) => /html|svg|xml/.test(data.type) || (!data.type && data.bytes[0] === 60);
const webLike = (address) => /^(?:https?:|file:\/\/[^\/]|[\\\/]{2})/i.test(String(address).trim()) || /^https?:/i.test(whole(address));
function page(source, how) { act('page', source, how); }
function wrote(value) { const text = String(value ?? ''); if (text.indexOf('<') >= 0 || text.length > 40) written += text.length; }

// Going somewhere: by an address, a click, a form.
function go(address, how) {
  if (typeof address === 'function' && /^answer/.test(nameOf(address))) act('goes', 'where an answer of the web says', how);
  const text = String(address ?? '').trim().replace(/[\t\r\n]/g, '');
  if (/^javascript:/i.test(text)) { const made = evaluated(softly(text.slice(11))); if (typeof made === 'string' && made.includes('<')) { page(made, 'address'); } return; }
  const data = contents(text);
  if (data) { if (pageLike(data)) page(decoded(data.bytes, 'utf-8'), how); else octetsOut(data.bytes, '', how); return; }
  if (webLike(text)) act('goes', /^[\\\/]{2}/.test(text) ? text : whole(text), how);
  else if (SCHEME.test(text) && !/^(?:file|about|mailto|tel|data|blob|cid):/i.test(text)) act('calls', text, how);
}
function clicked(el) {
  if (fire(el, new Event('click', { bubbles: true }))) activated(el);
}
function activated(el) {
  const link = el.closest('a,area');
  if (link?.hasAttribute('href')) followed(link);
  const label = el.closest('label'), labelled = label && (label.htmlFor ? doc.getElementById(label.htmlFor) : label.querySelector('input,button'));
  if (labelled && labelled !== el && !labelled.contains(el)) clicked(labelled);
  const button = el.closest('button,input');
  if (button?.form && /submit|image/.test(button.type || (button.tag === 'button' ? 'submit' : ''))) { if (fire(button.form, new Event('submit', { bubbles: true }))) submitted(button.form, 'submits', button.getAttribute('formaction')); }
}
function followed(link) {
  const address = link.getAttribute('href');
  if (link.hasAttribute('download')) { const data = contents(address); if (data) octetsOut(data.bytes, link.getAttribute('download'), 'downloads'); else if (webLike(address)) act('goes', whole(address), 'downloads'); } else go(address, 'clicks');
}
function submitted(form, how, to) {
  const action = to ?? form.getAttribute('action') ?? '';
  if (webLike(action)) act('submits', whole(action), how); else if (/^\s*(javascript|data):/i.test(action)) go(action, how);
}
function save(blob, name, how) { if (blob instanceof Blob) octetsOut(octets(blob), String(name ?? blob.name ?? ''), how); return true; }
function inner(frame) {
  const body = element('body'), text = [];
  if (frame.tag === 'iframe') frame.kids = [child(body, frame)];
  const within = { body, documentElement: body, open: () => { text.length = 0; return within; }, write: (...v) => { text.push(...v); }, writeln: (...v) => { text.push(...v); }, close: () => { if (text.length) page(text.join(''), 'frame'); }, createElement: (t) => doc.createElement(t), querySelector: () => body, getElementById: () => body, head: body, addEventListener() {} };
  soon(() => within.close(), 1);
  const made = { document: within, location: placeOf((v) => framed(String(v))), postMessage() {}, eval: run, Function, addEventListener() {}, open: G.open, navigator, focus() {}, print() {}, closed: false, parent: G, top: G, close() {} };
  return new Proxy(made, { get: (t, k) => (k in t ? t[k] : G[k]), set: (t, k, v) => { if (k === 'location') framed(String(v)); else t[k] = v; return true; } });
}
function placeOf(follow) {
  const at = {};
  const to = (key) => (v) => { const url = new URL(here.href); if (key === 'protocol') v = String(v).replace(/:?$/, ':'); url[key] = v; follow(url.href); };
  define(at, 'href', { get: () => here.href, set: follow, enumerable: true });
  for (const key of ['protocol', 'host', 'hostname', 'port', 'pathname', 'search']) define(at, key, { get: () => here[key], set: to(key), enumerable: true });
  define(at, 'hash', { get: () => here.hash, set: (v) => { here.hash = String(v).replace(/^#?/, '#'); soon(() => fire(windowTarget, new Event('hashchange')), 1); }, enumerable: true });
  define(at, 'origin', { get: () => 'null', enumerable: true });
  for (const [key, f] of Object.entries({ assign: follow, replace: follow, reload() {}, toString: () => here.href, valueOf: () => at })) define(at, key, { value: f, enumerable: key.length < 8 });
  at.ancestorOrigins = [];
  define(at, Symbol.toPrimitive, { value: () => here.href });
  return at;
}
