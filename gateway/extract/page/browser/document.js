// The document itself, and elements that scripts define.
let opening = true,
  current = null,
  place = null;
const here = new URL('file:///C:/Users/user/Downloads/document.html'),
  pending = [],
  elementsMade = new Map();

class Document extends Node {
  constructor() {
    super(9);
    this.readyState = 'loading';
    this.cookie = '';
    this.visibilityState = 'visible';
    this.hidden = false;
    this.referrer = '';
    this.domain = '';
    this.compatMode = 'CSS1Compat';
    this.characterSet = this.charset = this.inputEncoding = 'UTF-8';
    this.contentType = 'text/html';
    this.designMode = 'off';
    this.lastModified = '01/05/2026 09:00:00';
  }
  get documentElement() {
    return this.kids.find((k) => k.tag === 'html') ?? this.kids.find((k) => k.nodeType === 1) ?? null;
  }
  get head() {
    return this.documentElement?.kids.find((k) => k.tag === 'head') ?? null;
  }
  get body() {
    return this.documentElement?.kids.find((k) => k.tag === 'body') ?? null;
  }
  set body(v) {
    this.body.replaceWith(v);
  }
  get title() {
    return this.querySelector('title')?.textContent.trim() ?? '';
  }
  set title(v) {
    const t = this.querySelector('title');
    if (t) t.textContent = v;
  }
  get defaultView() {
    return G;
  }
  get location() {
    return place;
  }
  set location(v) {
    go(v, 'leaves');
  }
  get URL() {
    return here.href;
  }
  get documentURI() {
    return here.href;
  }
  get baseURI() {
    return base();
  }
  get currentScript() {
    return current;
  }
  get activeElement() {
    return this.body;
  }
  get scrollingElement() {
    return this.documentElement;
  }
  get forms() {
    return named(this.querySelectorAll('form'));
  }
  get links() {
    return this.querySelectorAll('a[href],area[href]');
  }
  get images() {
    return named(this.querySelectorAll('img'));
  }
  get scripts() {
    return this.querySelectorAll('script');
  }
  get anchors() {
    return this.querySelectorAll('a[name]');
  }
  get embeds() {
    return this.querySelectorAll('embed');
  }
  get all() {
    return named(this.querySelectorAll('*'));
  }
  get styleSheets() {
    return listed(this.querySelectorAll('style').map(sheet));
  }
  get implementation() {
    return { createHTMLDocument: () => documentOf(''), hasFeature: () => true, createDocument: () => documentOf('') };
  }
  get doctype() {
    return { name: 'html', publicId: '', systemId: '' };
  }
  get fonts() {
    return { ready: Promise.resolve(), add() {}, load: () => Promise.resolve([]), addEventListener() {}, check: () => true };
  }
  createElement(tag) {
    const el = element(String(tag).toLowerCase()),
      cls = elementsMade.get(el.tag);
    if (cls) upgrade(el, cls);
    return el;
  }
  createElementNS(space, tag) {
    return this.createElement(String(tag).replace(/^\w+:/, ''));
  }
  createTextNode(t) {
    return new Text(t);
  }
  createComment(t) {
    return new Comment(t);
  }
  createDocumentFragment() {
    return new Fragment();
  }
  createAttribute(name) {
    return { name, value: '' };
  }
  createEvent() {
    return new Event('');
  }
  createRange() {
    return rangeOf([]);
  }
  createTreeWalker(root, show = -1, filter) {
    const nodes = [];
    let at = 0;
    walk(root, (k) => {
      if (k !== root && show & (1 << (k.nodeType - 1))) {
        const f = filter?.acceptNode ?? filter;
        if (typeof f !== 'function' || f(k) === 1) nodes.push(k);
      }
    });
    const w = {
      root,
      currentNode: root,
      nextNode: () => (at < nodes.length ? (w.currentNode = nodes[at++]) : null),
      firstChild: () => w.nextNode(),
    };
    return w;
  }
  createNodeIterator(...a) {
    return this.createTreeWalker(...a);
  }
  evaluate(path, root) {
    const found = String(path).includes('comment()')
      ? []
      : this.querySelectorAll(
          String(path)
            .replace(/^\/\//, '')
            .replace(/\[@(\w+)=/g, '[$1=')
            .replace(/\/\/?/g, ' '),
        );
    if (String(path).includes('comment()'))
      walk(root?.kids ? root : this, (k) => {
        if (k.nodeType === 8) found.push(k);
      });
    let at = 0;
    return {
      singleNodeValue: found[0] ?? null,
      iterateNext: () => found[at++] ?? null,
      snapshotLength: found.length,
      snapshotItem: (n) => found[n],
      stringValue: found[0]?.textContent ?? '',
    };
  }
  importNode(node, deep) {
    return node.cloneNode(deep);
  }
  adoptNode(node) {
    return node;
  }
  write(...text) {
    text = text.map(String).join('');
    answered(text);
    wrote(text);
    this.#written(text);
  }
  writeln(...text) {
    this.write(...text, '\n');
  }
  // What is written in pieces is read as soon as it holds no open tag.
  #written(text) {
    this.rest_ = (this.rest_ ?? '') + text;
    const lower = this.rest_.toLowerCase(),
      open = lower.lastIndexOf('<script'),
      cut_ = lower.lastIndexOf('<') > lower.lastIndexOf('>') || (open >= 0 && lower.indexOf('</script', open) < 0);
    if (cut_ && !this.flushing_) {
      soon(() => this.#flush(), 0);
      return;
    }
    this.#flush();
  }
  #flush() {
    const nodes = parsed(this.rest_ ?? '');
    this.rest_ = '';
    const at = current?.parentNode ? current : null;
    if (at) for (const n of nodes) at.before(n);
    else placed_(nodes);
  }
  open(...given) {
    return given.length > 2 ? G.open(...given) : this;
  }
  close() {
    if (this.rest_) this.#flush();
  }
  hasFocus() {
    return true;
  }
  getSelection() {
    return G.getSelection();
  }
  elementFromPoint() {
    return this.body;
  }
  elementsFromPoint() {
    return [this.body];
  }
  execCommand(what) {
    if (/copy/i.test(what)) {
      const t = this.querySelectorAll('textarea,input').at(-1);
      act('copies', picked.length ? pickedText() : t ? t.value : '');
      fire(doc, new Event('copy'));
    }
    return true;
  }
  queryCommandSupported() {
    return true;
  }
  exitFullscreen() {}
  startViewTransition(f) {
    attempt(f);
    return { finished: Promise.resolve(), ready: Promise.resolve() };
  }
  hasStorageAccess() {
    return Promise.resolve(true);
  }
}
function named(list) {
  for (const el of [...list])
    for (const k of [el.getAttribute('name'), el.getAttribute('id')]) if (k && !(k in list)) hide(list, k, el);
  return list;
}
const doc = new Document();
const windowTarget = new EventTarget();
function documentBody() {
  return doc.body;
}
function documentOf(source) {
  const made_ = new Document(),
    html = element('html'),
    body = element('body');
  made_.kids = [child(html, made_)];
  html.kids = [child(element('head'), html), child(body, html)];
  body.append(
    ...parsed(source, true).flatMap((k) =>
      ['html', 'head', 'body'].includes(k.tag) ? k.kids.flatMap((x) => (['head', 'body'].includes(x.tag) ? x.kids : [x])) : [k],
    ),
  );
  return made_;
}
function upgrade(el, cls) {
  if (el.upgraded_) return;
  el.upgraded_ = true;
  upgrading = el;
  Object.setPrototypeOf(el, cls.prototype);
  try {
    new cls();
  } catch (error) {
    failed(error);
  }
  upgrading = null;
  for (const key of cls.observedAttributes ?? [])
    if (el.attrs.has(key)) soon(() => attempt(el.attributeChangedCallback, el, [key, null, el.attrs.get(key) ?? null]), 0);
  soon(() => attempt(el.connectedCallback, el), 0);
}
let upgrading = null;
class HTMLElement extends Element {
  constructor() {
    if (upgrading) {
      const el = upgrading;
      upgrading = null;
      return el;
    }
    super('div');
  }
}

// A whole page's nodes go to their places.
function placed_(nodes) {
  for (const node of nodes) {
    if (node.tag === 'html' || node.tag === 'head' || node.tag === 'body') {
      const at = node.tag === 'html' ? doc.documentElement : node.tag === 'head' ? doc.head : doc.body;
      for (const [k, v] of node.attrs) if (!at.attrs.has(k)) at.attrs.set(k, v);
      if ([...node.attrs.keys()].some((k) => k.startsWith('on'))) handling.add(at);
      if (node.tag === 'html') placed_([...node.kids]);
      else {
        for (const k of [...node.kids])
          if (k.tag === 'body') placed_([k]);
          else at.insertBefore(k, null);
        if (!opening && node.tag === 'body') {
          arrived(at);
          if (node.attrs.has('onload')) soon(() => fire(at, new Event('load')), 1);
        }
      }
    } else (HEAD.has(node.tag) && doc.body.kids.length === 0 ? doc.head : doc.body).insertBefore(node, null);
  }
}

// What the templates of a style sheet hold stands there, whatever they would put in.
class XSLTProcessor {
  importStylesheet(sheet) {
    this.sheet_ = sheet;
  }
  setParameter() {}
  transformToFragment() {
    const made_ = new Fragment();
    for (const one of this.sheet_?.querySelectorAll?.('*') ?? [])
      if (/(?:^|:)template$/.test(one.tag)) {
        wrote(one.innerHTML);
        made_.append(...one.kids.map((k) => k.cloneNode(true)));
      }
    return made_;
  }
  transformToDocument() {
    const all = this.transformToFragment();
    return documentOf(all.kids.map(markup).join(''));
  }
}
