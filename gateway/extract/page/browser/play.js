// What stands in the window, and the entry points of the play.
const agent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36';
const nothing = () => {};
const zone = { locale: 'zh-TW', timeZone: 'Asia/Taipei', calendar: 'gregory', numberingSystem: 'latn' };
const navigator = {
  userAgent: agent, appVersion: agent.slice(8), appName: 'Netscape', appCodeName: 'Mozilla', product: 'Gecko', productSub: '20030107', vendor: 'Google Inc.', platform: 'Win32',
  language: 'zh-TW', languages: ['zh-TW', 'zh', 'ja', 'en-US', 'en'], onLine: true, cookieEnabled: true, doNotTrack: null, hardwareConcurrency: 8, deviceMemory: 8, maxTouchPoints: 0,
  webdriver: false, pdfViewerEnabled: true, plugins: listed([{ name: 'PDF Viewer' }, { name: 'Chrome PDF Viewer' }, { name: 'Chromium PDF Viewer' }]), mimeTypes: listed([{ type: 'application/pdf' }]),
  userAgentData: { brands: [{ brand: 'Chromium', version: '141' }], mobile: false, platform: 'Windows', getHighEntropyValues: () => Promise.resolve({ platform: 'Windows', platformVersion: '15.0.0' }) },
  clipboard: { writeText: (t) => { act('copies', t); return Promise.resolve(); }, write: () => Promise.resolve(), readText: () => Promise.resolve('') },
  permissions: { query: () => Promise.resolve({ state: 'prompt', addEventListener: nothing }) }, sendBeacon: (url) => { act('asks', url, 'beacon'); return true; }, javaEnabled: () => false,
  msSaveBlob: (b, n) => save(b, n, 'saves'), msSaveOrOpenBlob: (b, n) => save(b, n, 'saves'), getBattery: () => Promise.resolve({ level: 0.87, charging: true, addEventListener: nothing }),
  connection: { effectiveType: '4g', rtt: 50, downlink: 10, addEventListener: nothing }, storage: { getDirectory: () => Promise.resolve({ getFileHandle: (n) => saver(n) }), estimate: () => Promise.resolve({ quota: 3e11, usage: 0 }), persist: () => Promise.resolve(true) },
  serviceWorker: { register: (u) => { act('asks', u, 'worker'); return Promise.resolve(tolerant('worker')); }, ready: Promise.resolve(tolerant('worker')), addEventListener: nothing, controller: null, getRegistrations: () => Promise.resolve([]) },
  mediaDevices: { enumerateDevices: () => Promise.resolve([]), getUserMedia: () => Promise.reject(new DOMException('denied', 'NotAllowedError')) }, geolocation: { getCurrentPosition: nothing, watchPosition: nothing }, share: () => Promise.resolve(), vibrate: () => true, canShare: () => true,
  registerProtocolHandler: nothing, locks: { request: async (n, f) => f({}) },
};
const formatter = (text) => class { format(v) { return text(v); } formatToParts(v) { return [{ type: 'literal', value: text(v) }]; } resolvedOptions() { return zone; } static supportedLocalesOf() { return ['zh-TW', 'en']; } compare(a, b) { return a < b ? -1 : a > b ? 1 : 0; } of(v) { return String(v); } select() { return 'other'; } segment(t) { return [...t].map((segment, index) => ({ segment, index })); } };
const Intl = { DateTimeFormat: formatter((d) => new Date(d ?? now).toISOString().slice(0, 10)), NumberFormat: formatter((n) => String(n)), Collator: formatter(String), PluralRules: formatter(String), RelativeTimeFormat: formatter(String), ListFormat: formatter((l) => [...l].join(', ')), DisplayNames: formatter(String), Segmenter: formatter(String), getCanonicalLocales: (l) => [].concat(l) };
for (const name of ['DateTimeFormat', 'NumberFormat', 'Collator', 'ListFormat']) { const Class = Intl[name]; Intl[name] = function (...a) { return new Class(...a); }; Intl[name].supportedLocalesOf = () => ['zh-TW']; }
const subtle = new Proxy({}, { get: (t, k) => (k === 'then' || typeof k === 'symbol' ? undefined : (...a) => { if (/decrypt|unwrap/.test(k)) act('deciphers', 'crypto.' + k); return Promise.resolve(k === 'digest' ? new ArrayBuffer(32) : /decrypt|derive.*Bits|exportKey|encrypt|sign/.test(k) ? new ArrayBuffer(a[2] ? Math.min(octets(a[2]).length, HUGE) : 32) : {}); }) });
const memory = { instantiate: (v) => { wasm(v); return Promise.resolve({ instance: { exports: tolerant('wasm') }, module: {} }); }, compile: (v) => { wasm(v); return Promise.resolve({}); }, validate: () => true, instantiateStreaming: (r) => memory.instantiate(r), compileStreaming: () => Promise.resolve({}), Module: function (v) { wasm(v); }, Instance: function () { this.exports = tolerant('wasm'); }, Memory: function () { this.buffer = new ArrayBuffer(65536); }, Table: nothing, Global: nothing };
function wasm(v) { try { octetsOut(octets(v), '', 'program'); } catch { /* a promise */ } }
place = placeOf((v) => go(v, 'leaves'));

function turned() { soon(() => fire(windowTarget, new Event('popstate', { state: null })), 1); }
const windowThings = {
  window: G, self: G, top: G, parent: G, frames: G, opener: null, frameElement: null, length: 0, closed: false, name: '', status: '', origin: 'null', isSecureContext: true, crossOriginIsolated: false,
  document: doc, navigator, clientInformation: navigator, screen: { width: 1920, height: 1080, availWidth: 1920, availHeight: 1040, colorDepth: 24, pixelDepth: 24, availLeft: 0, availTop: 0, orientation: { type: 'landscape-primary', angle: 0, addEventListener: nothing } },
  innerWidth: 1903, innerHeight: 937, outerWidth: 1920, outerHeight: 1040, screenX: 0, screenY: 0, screenLeft: 0, screenTop: 0, pageXOffset: 0, pageYOffset: 0, scrollX: 0, scrollY: 0, devicePixelRatio: 1,
  history: { length: 2, state: null, pushState(s) { this.state = s; }, replaceState(s) { this.state = s; }, back: turned, forward: turned, go: turned, scrollRestoration: 'auto' },
  navigation: { navigate: (u) => { go(u, 'leaves'); return { committed: Promise.resolve(), finished: Promise.resolve() }; }, addEventListener: nothing, currentEntry: { url: here.href } },
  localStorage: storage(), sessionStorage: storage(), caches: tolerant('caches'), indexedDB: tolerant('indexedDB'), chrome: { runtime: undefined, loadTimes: () => ({}), csi: () => ({}), app: {} }, external: {}, visualViewport: { width: 1903, height: 937, scale: 1, addEventListener: nothing },
  console: Object.fromEntries(['log', 'warn', 'error', 'info', 'debug', 'table', 'group', 'groupEnd', 'groupCollapsed', 'time', 'timeEnd', 'trace', 'clear', 'dir', 'assert', 'count', 'profile', 'profileEnd'].map((k) => [k, nothing])),
  Blob, File, FileReader, URL, webkitURL: URL, URLSearchParams, TextDecoder, TextEncoder, ReadableStream, WritableStream, TransformStream, DecompressionStream, CompressionStream, Headers, Response, Request, fetch, XMLHttpRequest, FormData,
  WebSocket: Socket, EventSource: Socket, Worker, SharedWorker: Worker, MessageChannel, MessagePort: Port, BroadcastChannel, EventTarget, Node, Element, HTMLElement, Text, Comment, DocumentFragment: Fragment, Document, HTMLDocument: Document, Intl, WebAssembly: memory,
  MutationObserver: watching({}), WebKitMutationObserver: watching({}), IntersectionObserver: watching({}), ResizeObserver: watching({}), PerformanceObserver: watching({}), ReportingObserver: watching({}),
  Image: function (w, h) { return element('img'); }, Audio: function () { return element('audio'); }, Option: function (t) { const o = element('option'); o.textContent = t ?? ''; return o; }, DOMParser: class { parseFromString(t) { return documentOf(String(t)); } }, XMLSerializer: class { serializeToString(n) { return markup(n === doc ? doc.documentElement : n); } },
  NodeFilter: { SHOW_ALL: -1, SHOW_ELEMENT: 1, SHOW_TEXT: 4, SHOW_COMMENT: 128, FILTER_ACCEPT: 1, FILTER_REJECT: 2, FILTER_SKIP: 3 }, MediaSource: class extends EventTarget { addSourceBuffer() { return tolerant('buffer'); } static isTypeSupported() { return true; } },
  CSS: { escape: (s) => String(s), supports: () => true, registerProperty: nothing, paintWorklet: tolerant('worklet') }, customElements: { define(n, cls) { elementsMade.set(String(n), cls); for (const el of doc.querySelectorAll(String(n))) upgrade(el, cls); }, get: (n) => elementsMade.get(n), whenDefined: () => Promise.resolve(), upgrade: nothing },
  crypto: { getRandomValues: (a) => { for (let i = 0; i < a.length; i++) a[i] = Math.random() * 4294967296; return a; }, randomUUID: () => '3f1d2c9a-5b7e-4c1d-8a2b-9e0f1a2b3c4d', subtle }, getComputedStyle, matchMedia: (q) => ({ matches: !/dark|print|max-width:\s*\d{3}px|reduce|coarse/.test(q), media: q, addListener: nothing, addEventListener: nothing, removeEventListener: nothing }),
  setTimeout: (f, ms, ...a) => soon(() => (typeof f === 'function' ? attempt(f, G, a) : evaluated(f)), ms), setInterval: (f, ms, ...a) => soon(() => (typeof f === 'function' ? attempt(f, G, a) : evaluated(f)), ms, 110), setImmediate: (f, ...a) => soon(() => attempt(f, G, a), 0), requestAnimationFrame: (f) => soon(() => attempt(f, G, [now]), 16), requestIdleCallback: (f) => soon(() => attempt(f, G, [{ didTimeout: false, timeRemaining: () => 40 }]), 9),
  clearTimeout: stopped, clearInterval: stopped, clearImmediate: stopped, cancelAnimationFrame: stopped, cancelIdleCallback: stopped, scheduler: { postTask: (f) => new Promise((done) => soon(() => done(attempt(f)), 0)), yield: () => Promise.resolve() }, reportError: nothing,
  alert: nothing, confirm: () => true, prompt: (t, v) => v ?? '', print: () => { for (const type of ['beforeprint', 'afterprint']) fire(windowTarget, new Event(type)); }, focus: nothing, blur: nothing, close: nothing, stop: nothing, moveTo: nothing, moveBy: nothing, resizeTo: nothing, resizeBy: nothing, scroll: nothing, scrollTo: nothing, scrollBy: nothing, find: () => false, getSelection: () => ({ toString: () => '', removeAllRanges: nothing, addRange: nothing, rangeCount: 0, selectAllChildren: nothing }),
  open: (u) => { if (u !== undefined && String(u) !== '') go(u, 'opens'); return inner(element('iframe')); }, postMessage: (data, to) => { soon(() => fire(windowTarget, new Event('message', { data, origin: 'null', source: G, ports: [] })), 1); },
  addEventListener: (t, f) => windowTarget.addEventListener(t, f), removeEventListener: (t, f) => windowTarget.removeEventListener(t, f), dispatchEvent: (e) => fire(windowTarget, e), attachEvent: (t, f) => windowTarget.addEventListener(String(t).replace(/^on/, ''), f),
  showSaveFilePicker: (o) => saver(o?.suggestedName ?? ''), showOpenFilePicker: () => Promise.reject(new DOMException('aborted', 'AbortError')), showDirectoryPicker: () => Promise.resolve({ getFileHandle: (n) => saver(n) }),
  structuredClone: (v) => { try { return ArrayBuffer.isView(v) ? v.slice() : v instanceof ArrayBuffer ? v.slice(0) : JSON.parse(JSON.stringify(v)); } catch { return v; } }, trustedTypes: { createPolicy: (n, p) => ({ createHTML: (s) => p.createHTML?.(s) ?? s, createScript: (s) => p.createScript?.(s) ?? s, createScriptURL: (s) => p.createScriptURL?.(s) ?? s }), isHTML: () => false },
  speechSynthesis: tolerant('speech'), Notification: Object.assign(function () {}, { permission: 'default', requestPermission: () => Promise.resolve('default') }), imported, AbortController: class { constructor() { this.signal = new EventTarget(); } abort() {} }, AudioContext: function () { return tolerant('audio'); }, OffscreenCanvas: function () { return element('canvas'); }, createImageBitmap: () => Promise.resolve({ width: 1, height: 1, close: nothing }), Path2D: function () {}, XPathResult: { FIRST_ORDERED_NODE_TYPE: 9, ANY_TYPE: 0, ORDERED_NODE_SNAPSHOT_TYPE: 7 }, ActiveXObject: undefined,
  XSLTProcessor: class { importStylesheet() {} setParameter() {} transformToFragment() { return new Fragment(); } transformToDocument() { return documentOf(''); } }, FontFace: class { load() { return Promise.resolve(this); } }, Range: class {}, Selection: class {}, StaticRange: class {}, CSSStyleSheet: class { replaceSync() {} replace() { return Promise.resolve(this); } insertRule() {} }, ClipboardItem: class { constructor(v) { for (const one of Object.values(v ?? {})) if (one instanceof Blob) act('copies', decoded(octets(one), 'utf-8')); } },
};
delete windowThings.ActiveXObject;
for (const name of ['Event', 'CustomEvent', 'MouseEvent', 'PointerEvent', 'KeyboardEvent', 'UIEvent', 'InputEvent', 'FocusEvent', 'SubmitEvent', 'MessageEvent', 'ErrorEvent', 'TouchEvent', 'WheelEvent', 'DragEvent', 'StorageEvent', 'PopStateEvent', 'HashChangeEvent', 'ClipboardEvent', 'AnimationEvent', 'ProgressEvent']) windowThings[name] = name === 'Event' ? Event : class extends Event {};
for (const name of 'Anchor Input Form IFrame Script Image Button Div Span Body Head Html Canvas TextArea Select Link Meta Style Table Template Object Embed Media Video Audio Area Unknown Option Label Paragraph'.split(' ')) {
  const tag = { Anchor: 'a', Image: 'img', Paragraph: 'p' }[name] ?? name.toLowerCase(), Class = function () { return element(tag); };
  Class.prototype = Element.prototype;
  define(Class, Symbol.hasInstance, { value: (v) => v instanceof Element && v.tag === tag });
  windowThings[`HTML${name}Element`] = Class;
}
windowThings.SVGElement = Element; windowThings.CharacterData = Text; windowThings.ShadowRoot = Fragment;
for (const [key, value] of Object.entries(windowThings)) hide(G, key, value);
define(G, 'location', { get: () => place, set: (v) => go(v, 'leaves'), configurable: false });
define(Document.prototype, Symbol.toStringTag, { value: 'HTMLDocument' }); define(G, Symbol.toStringTag, { value: 'Window', configurable: true }); define(Element.prototype, Symbol.toStringTag, { get() { return this.tag === 'a' ? 'HTMLAnchorElement' : `HTML${this.tag[0].toUpperCase()}${this.tag.slice(1)}Element`; } });
for (const type of 'click dblclick auxclick load error message submit change input focus focusin blur keydown keyup keypress mousemove mouseover mouseenter mouseout mouseleave mousedown mouseup scroll scrollend resize hashchange popstate pageshow pagehide beforeunload unload visibilitychange readystatechange DOMContentLoaded pointermove pointerover pointerenter pointerout pointerdown pointerup pointerrawupdate touchstart touchend touchmove wheel mousewheel contextmenu animationstart animationend animationiteration transitionend transitionrun transitionstart toggle beforetoggle canplay loadeddata loadedmetadata loadstart loadend play playing timeupdate ended selectionchange selectstart slotchange finish copy cut paste drag dragover dragstart drop begin end repeat start bounce propertychange securitypolicyviolation fullscreenchange online offline reset select invalid'.split(' ')) { for (const at of [Element.prototype, Document.prototype]) define(at, 'on' + type, { get() { return this['on_' + type] ?? null; }, set(v) { this['on_' + type] = v; handling.add(this); }, configurable: true }); if (!('on' + type in G)) hide(G, 'on' + type, null); }
function stopped(id) { const at = timers.findIndex((t) => t.id === id); if (at >= 0) timers.splice(at, 1); }

// Functions of ours show no source, as those of a browser do.
const shown = Function.prototype.toString;
let ours = null;
function gathered() {
  ours = new WeakSet();
  for (const value of [...Object.values(windowThings), ...Object.values(navigator), ...Object.values(place)]) if (typeof value === 'function') { ours.add(value); for (const k of Object.getOwnPropertyNames(value.prototype ?? {})) { const d = describe(value.prototype, k); for (const f of [d.value, d.get, d.set]) if (typeof f === 'function') ours.add(f); } }
  for (const at of [Array.prototype, Text_.prototype, Math, Date]) for (const k of Object.getOwnPropertyNames(at)) { const f = describe(at, k).value; if (typeof f === 'function') ours.add(f); }
  return ours;
}
hide(Function.prototype, 'toString', function toString() { return (ours ?? gathered()).has(this) || this === Function.prototype.toString ? `function ${this.name}() { [native code] }` : apply(shown, this, []); });

const CLICKS = /^(?:(?:dbl|aux)?click|submit|change|key\w+|copy|paste|cut|input|mouse(?:down|up)|contextmenu|touch(?:start|end)|drag\w*|drop|pointer(?:down|up)|reset|select|beforeinput|invalid)$/;
const ANYBODY = /^(?:beforeunload|unload|pagehide|offline|error|abort|beforeprint|afterprint|storage|unhandledrejection)$/;
function everyHeard(wanted) {
  const all = [];
  for (const target of [...listening]) for (const type of EventTarget.heard(target)) if (wanted(type, target)) all.push([target, type]);
  for (const el of [...handling]) {
    if (el !== doc && !el.isConnected) continue;
    for (const k of el.attrs?.keys() ?? []) if (k.startsWith('on') && wanted(k.slice(2), el)) all.push([el, k.slice(2)]);
    for (const k of Object.keys(el)) if (k.startsWith('on_') && typeof el[k] === 'function' && wanted(k.slice(3), el)) all.push([el, k.slice(3)]);
  }
  for (const k of Object.getOwnPropertyNames(G)) if (/^on[a-z]/i.test(k) && typeof G[k] === 'function' && wanted(k.slice(2), windowTarget) && !EventTarget.heard(windowTarget).includes(k.slice(2))) all.push([windowTarget, k.slice(2)]);
  return all.slice(0, 120);
}
const wide = (target) => target === windowTarget || target === doc || target === doc.body || target === doc.documentElement;
const EARLY = /^(?:load|DOMContentLoaded|readystatechange|pageshow|message|hashchange)$/;

const entries = {
  // The page's markup; the hash of its address.
  open(markup_, hash) {
    const html = element('html'); doc.kids = [child(html, doc)];
    html.kids = [child(element('head'), html), child(element('body'), html)];
    if (hash) here.hash = hash;
    placed_(parsed(markup_));
    walk(doc, (k) => { if (k.tag === 'script') { k.first_ = true; pending.push(k); } if (!k.attrs) return; called(k);
      if (/^(?:iframe|frame|embed|object)$/.test(k.tag)) {
        const to = k.attrs.get('src') ?? k.attrs.get('data') ?? '', inside = k.attrs.get('srcdoc') ?? '';
        if (/^\s*javascript:/i.test(to)) soon(() => go(to, 'frame'), 0);
        if (/<script|\son\w|javascript:/i.test(inside)) page(inside, 'frame');
      }
    });
    opening = false;
  },
  next() { for (let el = pending.shift(); el; el = pending.shift()) { const code = el.isConnected ? coded(el) : null; if (code !== null) { current = el; return code; } } current = null; return null; },
  died(name, said) { if (/^ReferenceError: ([\w$]+) is not defined/.test(said)) { const lacks = /: ([\w$]+) is/.exec(said)[1]; if (!(lacks in G)) { G[lacks] = tolerant(lacks); act('lacks', lacks); troubled(said, new ReferenceError(said)); return true; } } failed(new Error(said)); return false; },
  came(value, again) { if (value instanceof Promise) came(value, () => evaluated(again)); },
  loaded() {
    current = null; if (doc.rest_) doc.close();
    for (const [state, type] of [['interactive', 'DOMContentLoaded'], ['complete', 'load']]) {
      doc.readyState = state;
      fire(doc, new Event('readystatechange'));
      if (type === 'DOMContentLoaded') { fire(doc, new Event(type, { bubbles: true })); fire(windowTarget, new Event(type)); } else {
        for (const el of new Set(everyHeard((type, at) => (type === 'load' || type === 'error') && at instanceof Element && at !== doc.body).map((p) => p[0]))) happened(el);
        fire(doc.body, new Event('load')); fire(windowTarget, new Event('load'));
      }
    }
    fire(windowTarget, new Event('pageshow'));
    if (doc.body.attrs.has('onpageshow')) fire(doc.body, new Event('pageshow'));
    for (const el of focused.slice(0, 20)) fire(el, new Event('focus', { bubbles: true }));
  },
  tick,
  stir() { phase = 'stir'; for (const [target, type] of everyHeard((type, t) => !EARLY.test(type) && !ANYBODY.test(type) && (!CLICKS.test(type) || wide(t)))) for (let n = /move|scroll|wheel|^key|over$/.test(type) ? 4 : 1; n > 0; n--) fire(target, new Event(type)); },
  click() {
    phase = 'click';
    const fields = [], buttons = [];
    walk(doc, (el) => {
      if (el.tag === 'input' || el.tag === 'textarea') fields.push(el);
      if (el.tag === 'button' || (el.tag === 'input' && /^(?:submit|button)$/.test(el.type)) || (el.tag === 'a' && (el.attrs.has('download') || /^\s*(?:javascript|blob|data):/i.test(el.attrs.get('href') ?? '')))) buttons.push(el);
    });
    for (const el of fields) if (!el.value && /^(?:|text|email|password|tel|search)$/.test(el.type)) el.value = /mail|user|login|name/i.test(el.type + el.name + el.id) ? 'user@example.com' : 'Passw0rd!';
    const done = new Set();
    for (const [target, type] of everyHeard((type, t) => CLICKS.test(type) && !wide(t))) { done.add(target); if (type === 'click' && target.click) target.click(); else fire(target, new Event(type, { bubbles: true })); }
    for (const el of buttons.slice(0, 40)) if (!done.has(el)) el.click();
  },
  log() { return flat(log); },
  acts() { for (const [name, blob] of blobs) if (!used.has(name) && blob instanceof Blob && !/javascript|css|json|^image|^font/.test(blob.type)) octetsOut(octets(blob), '', 'holds'); return flat(log); },
  // What stands there in the end: words to read, whether a password is asked for, markup without scripts.
  end() {
    let text = '', asks = false;
    const hidden = (el) => el.attrs && (/display\s*:\s*none|visibility\s*:\s*hidden/i.test(el.attrs.get('style') ?? '') || el.attrs.has('hidden'));
    const say = (node, deep) => { for (const k of node.kids) { if (text.length > 20000 || deep > 200) return; if (k.nodeType === 3) text += k.data + ' '; else if (k.nodeType === 1 && !RAW.has(k.tag) && k.tag !== 'template' && !hidden(k)) say(k, deep + 1); if (k.shadow_) say(k.shadow_, deep + 1); } };
    if (doc.body) say(doc.body, 0);
    for (const el of inputs) if (/^\s*password\s*$/i.test(el.attrs.get('type') ?? '') && el.isConnected) asks = true;
    const out = written || shadows.length ? [doc.documentElement, ...shadows].map((k) => { for (const s of k.querySelectorAll('script')) if (s.parentNode) s.remove(); return k === doc.documentElement ? markup(k) : k.innerHTML; }).join('\n') : '';
    return flat('{"shown":' + quote(cut(text, 8000)) + ',"asks":' + asks + ',"full":' + (made >= MOST || ticks >= STEPS) + ',"markup":' + quote(cut(out, 1 << 20)) + '}');
  },
};
