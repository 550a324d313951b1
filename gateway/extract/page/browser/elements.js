// What elements are and do.
class Element extends Node {
  constructor(tag) {
    super(1);
    this.tag = tag;
    this.attrs = new Map();
    made += 1;
  }
  get tagName() {
    return this.inSvg ? this.tag : this.tag.toUpperCase();
  }
  get nodeName() {
    return this.tagName;
  }
  get localName() {
    return this.tag;
  }
  get inSvg() {
    for (let at = this; at?.tag; at = at.parentNode) if (at.tag === 'svg') return true;
    return false;
  }
  get namespaceURI() {
    return this.inSvg ? 'http://www.w3.org/2000/svg' : 'http://www.w3.org/1999/xhtml';
  }
  get attributes() {
    return listed(
      [...this.attrs].map(([name, value]) => ({
        name,
        value,
        nodeName: name,
        nodeValue: value,
        localName: name,
        specified: true,
      })),
    );
  }
  getAttribute(k) {
    return this.attrs.get(String(k).toLowerCase()) ?? null;
  }
  setAttribute(k, v) {
    k = String(k).toLowerCase();
    const old = this.attrs.get(k);
    this.attrs.set(k, String(v));
    if (k.startsWith('on')) handling.add(this);
    changed(this, k, old);
    if (k === 'id' && this.isConnected) called(this);
  }
  setAttributeNS(space, k, v) {
    this.setAttribute(k, v);
  }
  getAttributeNS(space, k) {
    return this.getAttribute(k);
  }
  setAttributeNode(a) {
    this.setAttribute(a.name, a.value);
  }
  getAttributeNode(k) {
    return this.hasAttribute(k) ? { name: k, value: this.getAttribute(k) } : null;
  }
  hasAttribute(k) {
    return this.attrs.has(String(k).toLowerCase());
  }
  hasAttributes() {
    return this.attrs.size > 0;
  }
  removeAttribute(k) {
    this.attrs.delete(String(k).toLowerCase());
  }
  toggleAttribute(k) {
    if (this.hasAttribute(k)) this.removeAttribute(k);
    else this.setAttribute(k, '');
  }
  getAttributeNames() {
    return [...this.attrs.keys()];
  }
  get innerHTML() {
    return (this.content ?? this).kids.map(markup).join('');
  }
  set innerHTML(v) {
    if (v === trustedEmpty) return;
    wrote(v);
    if (this === doc.body || this === doc.documentElement) answered(String(v));
    const kids = parsed(String(v ?? ''), true);
    if (this.tag === 'template') {
      this.content_ = new Fragment();
      this.content_.append(...kids);
    } else this.replaceChildren(...kids);
  }
  get outerHTML() {
    return markup(this);
  }
  set outerHTML(v) {
    wrote(v);
    this.replaceWith(...parsed(String(v), true));
  }
  setHTMLUnsafe(v) {
    this.innerHTML = v;
  }
  setHTML(v) {
    this.innerHTML = v;
  }
  insertAdjacentHTML(where, v) {
    wrote(v);
    this.#put(where, ...parsed(String(v), true));
  }
  insertAdjacentElement(where, el) {
    this.#put(where, el);
    return el;
  }
  insertAdjacentText(where, t) {
    this.#put(where, t);
  }
  #put(where, ...nodes) {
    ({
      beforebegin: () => this.before(...nodes),
      afterbegin: () => this.prepend(...nodes),
      beforeend: () => this.append(...nodes),
      afterend: () => this.after(...nodes),
    })[String(where).toLowerCase()]?.();
  }
  get content() {
    if (this.tag === 'meta') return this.getAttribute('content') ?? '';
    if (this.tag !== 'template') return undefined;
    if (!this.content_) {
      this.content_ = new Fragment();
      this.content_.append(...this.kids.map((k) => k.cloneNode(true)));
    }
    return this.content_;
  }
  set content(v) {
    this.setAttribute('content', v);
  }
  get dataset() {
    return dashed(this, 'data-');
  }
  get style() {
    return (this.style_ ??= styled(this));
  }
  set style(v) {
    this.setAttribute('style', v);
  }
  get classList() {
    const el = this,
      all = () => (el.getAttribute('class') ?? '').split(/\s+/).filter(Boolean),
      put = (l) => el.attrs.set('class', l.join(' '));
    return {
      add: (...n) => put([...new Set([...all(), ...n])]),
      remove: (...n) => put(all().filter((c) => !n.includes(c))),
      contains: (n) => all().includes(n),
      toggle: (n, on) => {
        const has = on === undefined ? all().includes(n) : !on;
        put(has ? all().filter((c) => c !== n) : [...all(), n]);
        return !has;
      },
      replace: (a, b) => put(all().map((c) => (c === a ? b : c))),
      item: (n) => all()[n] ?? null,
      forEach: (f) => all().forEach(f),
      get length() {
        return all().length;
      },
      get value() {
        return all().join(' ');
      },
      [Symbol.iterator]: () => all().values(),
      toString: () => all().join(' '),
    };
  }
  get relList() {
    return { add() {}, supports: () => true, contains: () => false };
  }
  matches(s) {
    return selecting(s)(this);
  }
  closest(s) {
    for (let at = this; at && at.nodeType === 1; at = at.parentNode) if (at.matches(s)) return at;
    return null;
  }
  get value() {
    return (
      this.value_ ??
      (this.tag === 'textarea'
        ? this.textContent
        : this.tag === 'select'
          ? (this.querySelector('[selected]')?.value ?? this.querySelector('option')?.value ?? '')
          : this.tag === 'option'
            ? (this.getAttribute('value') ?? this.textContent)
            : (this.getAttribute('value') ?? ''))
    );
  }
  set value(v) {
    this.value_ = String(v);
    if (this.tag !== 'input' || this.type === 'hidden') this.attrs.set('value', String(v));
  }
  get text() {
    return this.textContent;
  }
  set text(v) {
    this.textContent = v;
  }
  get options() {
    return this.querySelectorAll('option');
  }
  get elements() {
    return this.querySelectorAll('input,select,textarea,button');
  }
  get form() {
    return this.closest('form');
  }
  get rows() {
    return this.querySelectorAll('tr');
  }
  get cells() {
    return this.querySelectorAll('td,th');
  }
  get sheet() {
    return sheet(this);
  }
  get shadowRoot() {
    return this.shadow_ ?? null;
  }
  attachShadow() {
    this.shadow_ = new Fragment();
    this.shadow_.host = this;
    shadows.push(this.shadow_);
    return this.shadow_;
  }
  get contentWindow() {
    return (this.inner_ ??= inner(this));
  }
  get contentDocument() {
    return this.contentWindow.document;
  }
  click() {
    clicked(this);
  }
  submit() {
    submitted(this, 'submits');
  }
  requestSubmit() {
    if (fire(this, new Event('submit', { bubbles: true, submitter: null }))) submitted(this, 'submits');
  }
  focus() {
    fire(this, new Event('focus'));
  }
  blur() {
    fire(this, new Event('blur'));
  }
  getBoundingClientRect() {
    return { x: 8, y: 8, left: 8, top: 8, right: 808, bottom: 408, width: 800, height: 400 };
  }
  getClientRects() {
    return [this.getBoundingClientRect()];
  }
  getContext() {
    return tolerantCanvas(this);
  }
  toDataURL() {
    return 'data:image/png;base64,iVBORw0KGgo=';
  }
  toBlob(f) {
    soon(() => attempt(f, this, [new Blob([], { type: 'image/png' })]), 1);
  }
  animate() {
    const done = { finished: Promise.resolve(), cancel() {}, play() {}, addEventListener() {} };
    soon(() => attempt(done.onfinish, done, [new Event('finish')]), 5);
    return done;
  }
  getAnimations() {
    return [];
  }
  decode() {
    return Promise.resolve();
  }
  play() {
    return Promise.resolve();
  }
  checkValidity() {
    return true;
  }
  reportValidity() {
    return true;
  }
}
for (const name of [
  'scrollIntoView',
  'scrollTo',
  'scroll',
  'setPointerCapture',
  'releasePointerCapture',
  'reset',
  'load',
  'pause',
  'setCustomValidity',
  'setSelectionRange',
  'showModal',
  'show',
  'close',
  'showPopover',
  'hidePopover',
  'attachEvent',
  'requestFullscreen',
  'setAttributeNodeNS',
  'insertRow',
  'createTHead',
  'add',
])
  Element.prototype[name] = function () {};
Element.prototype.select = function () {
  pick(this);
};
