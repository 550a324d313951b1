// What stands in the window.
const windowThings = {
  window: G,
  self: G,
  top: G,
  parent: G,
  frames: G,
  opener: null,
  frameElement: null,
  length: 0,
  closed: false,
  name: '',
  status: '',
  origin: 'null',
  isSecureContext: true,
  crossOriginIsolated: false,
  document: doc,
  navigator,
  clientInformation: navigator,
  screen: {
    width: 1920,
    height: 1080,
    availWidth: 1920,
    availHeight: 1040,
    colorDepth: 24,
    pixelDepth: 24,
    availLeft: 0,
    availTop: 0,
    orientation: { type: 'landscape-primary', angle: 0, addEventListener: nothing },
  },
  innerWidth: 1903,
  innerHeight: 937,
  outerWidth: 1920,
  outerHeight: 1040,
  screenX: 0,
  screenY: 0,
  screenLeft: 0,
  screenTop: 0,
  pageXOffset: 0,
  pageYOffset: 0,
  scrollX: 0,
  scrollY: 0,
  devicePixelRatio: 1,
  history: {
    length: 2,
    state: null,
    pushState(s) {
      this.state = s;
    },
    replaceState(s) {
      this.state = s;
    },
    back: turned,
    forward: turned,
    go: turned,
    scrollRestoration: 'auto',
  },
  navigation: {
    navigate: (u) => {
      go(u, 'leaves');
      return { committed: Promise.resolve(), finished: Promise.resolve() };
    },
    addEventListener: nothing,
    currentEntry: { url: here.href },
  },
  localStorage: storage(),
  sessionStorage: storage(),
  caches: tolerant('caches'),
  indexedDB: tolerant('indexedDB'),
  chrome: { runtime: undefined, loadTimes: () => ({}), csi: () => ({}), app: {} },
  external: {},
  visualViewport: { width: 1903, height: 937, scale: 1, addEventListener: nothing },
  console: Object.fromEntries(
    [
      'log',
      'warn',
      'error',
      'info',
      'debug',
      'table',
      'group',
      'groupEnd',
      'groupCollapsed',
      'time',
      'timeEnd',
      'trace',
      'clear',
      'dir',
      'assert',
      'count',
      'profile',
      'profileEnd',
    ].map((k) => [k, nothing]),
  ),
  Blob,
  File,
  FileReader,
  URL,
  webkitURL: URL,
  URLSearchParams,
  TextDecoder,
  TextEncoder,
  ReadableStream,
  WritableStream,
  TransformStream,
  DecompressionStream,
  CompressionStream,
  Headers,
  Response,
  Request,
  fetch,
  XMLHttpRequest,
  FormData,
  WebSocket: Socket,
  EventSource: Socket,
  RTCPeerConnection: Peer,
  WebTransport: Socket,
  Worker,
  SharedWorker: Worker,
  MessageChannel,
  MessagePort: Port,
  BroadcastChannel,
  EventTarget,
  Node,
  Element,
  HTMLElement,
  Text,
  Comment,
  DocumentFragment: Fragment,
  Document,
  HTMLDocument: Document,
  Intl,
  WebAssembly: memory,
  MutationObserver: watching({}),
  WebKitMutationObserver: watching({}),
  IntersectionObserver: watching({}),
  ResizeObserver: watching({}),
  PerformanceObserver: watching({}),
  ReportingObserver: watching({}),
  Image: function (w, h) {
    return element('img');
  },
  Audio: function () {
    return element('audio');
  },
  Option: function (t) {
    const o = element('option');
    o.textContent = t ?? '';
    return o;
  },
  DOMParser: class {
    parseFromString(t) {
      return documentOf(String(t));
    }
  },
  XMLSerializer: class {
    serializeToString(n) {
      return markup(n === doc ? doc.documentElement : n);
    }
  },
  NodeFilter: {
    SHOW_ALL: -1,
    SHOW_ELEMENT: 1,
    SHOW_TEXT: 4,
    SHOW_COMMENT: 128,
    FILTER_ACCEPT: 1,
    FILTER_REJECT: 2,
    FILTER_SKIP: 3,
  },
  MediaSource: class extends EventTarget {
    addSourceBuffer() {
      return tolerant('buffer');
    }
    static isTypeSupported() {
      return true;
    }
  },
  CSS: { escape: (s) => String(s), supports: () => true, registerProperty: nothing, paintWorklet: tolerant('worklet') },
  customElements: {
    define(n, cls) {
      elementsMade.set(String(n), cls);
      for (const el of doc.querySelectorAll(`${n},[is="${n}"]`)) upgrade(el, cls);
    },
    get: (n) => elementsMade.get(n),
    whenDefined: () => Promise.resolve(),
    upgrade: nothing,
  },
  crypto: {
    getRandomValues: (a) => {
      for (let i = 0; i < a.length; i++) a[i] = Math.random() * 4294967296;
      return a;
    },
    randomUUID: () => '3f1d2c9a-5b7e-4c1d-8a2b-9e0f1a2b3c4d',
    subtle,
  },
  getComputedStyle,
  matchMedia: (q) => ({
    matches: !/dark|print|max-width:\s*\d{3}px|reduce|coarse/.test(q),
    media: q,
    addListener: nothing,
    addEventListener: nothing,
    removeEventListener: nothing,
  }),
  setTimeout: (f, ms, ...a) => soon(() => (typeof f === 'function' ? attempt(f, G, a) : evaluated(f)), ms),
  setInterval: (f, ms, ...a) => soon(() => (typeof f === 'function' ? attempt(f, G, a) : evaluated(f)), ms, 110),
  setImmediate: (f, ...a) => soon(() => attempt(f, G, a), 0),
  requestAnimationFrame: (f) => soon(() => attempt(f, G, [now]), 16),
  requestIdleCallback: (f) => soon(() => attempt(f, G, [{ didTimeout: false, timeRemaining: () => 40 }]), 9),
  clearTimeout: stopped,
  clearInterval: stopped,
  clearImmediate: stopped,
  cancelAnimationFrame: stopped,
  cancelIdleCallback: stopped,
  scheduler: { postTask: (f) => new Promise((done) => soon(() => done(attempt(f)), 0)), yield: () => Promise.resolve() },
  reportError: nothing,
  alert: nothing,
  confirm: () => true,
  prompt: (t, v) => v ?? words[prompted++] ?? '',
  print: () => {
    for (const type of ['beforeprint', 'afterprint']) fire(windowTarget, new Event(type));
  },
  focus: nothing,
  blur: nothing,
  close: nothing,
  stop: nothing,
  moveTo: nothing,
  moveBy: nothing,
  resizeTo: nothing,
  resizeBy: nothing,
  scroll: nothing,
  scrollTo: nothing,
  scrollBy: nothing,
  find: () => false,
  getSelection: () => selection,
  open: (u) => {
    if (u !== undefined && String(u) !== '') go(u, 'opens');
    return inner(element('iframe'));
  },
  postMessage: (data, to) => {
    soon(() => fire(windowTarget, new Event('message', { data, origin: 'null', source: G, ports: [] })), 1);
  },
  addEventListener: (t, f) => windowTarget.addEventListener(t, f),
  removeEventListener: (t, f) => windowTarget.removeEventListener(t, f),
  dispatchEvent: (e) => fire(windowTarget, e),
  attachEvent: (t, f) => windowTarget.addEventListener(String(t).replace(/^on/, ''), f),
  showSaveFilePicker: (o) => saver(o?.suggestedName ?? ''),
  showOpenFilePicker: () => Promise.reject(new DOMException('aborted', 'AbortError')),
  showDirectoryPicker: () => Promise.resolve({ getFileHandle: (n) => saver(n) }),
  structuredClone: (v) => {
    try {
      return ArrayBuffer.isView(v) ? v.slice() : v instanceof ArrayBuffer ? v.slice(0) : JSON.parse(JSON.stringify(v));
    } catch {
      return v;
    }
  },
  trustedTypes: {
    createPolicy: (n, p) => ({
      createHTML: (s) => p.createHTML?.(s) ?? s,
      createScript: (s) => p.createScript?.(s) ?? s,
      createScriptURL: (s) => p.createScriptURL?.(s) ?? s,
    }),
    isHTML: () => false,
  },
  speechSynthesis: tolerant('speech'),
  Notification: Object.assign(function () {}, { permission: 'default', requestPermission: () => Promise.resolve('default') }),
  imported,
  AbortController: class {
    constructor() {
      this.signal = new EventTarget();
    }
    abort() {}
  },
  AudioContext: function () {
    return tolerant('audio');
  },
  OffscreenCanvas: function () {
    return element('canvas');
  },
  createImageBitmap: () => Promise.resolve({ width: 1, height: 1, close: nothing }),
  Path2D: function () {},
  XPathResult: { FIRST_ORDERED_NODE_TYPE: 9, ANY_TYPE: 0, ORDERED_NODE_SNAPSHOT_TYPE: 7 },
  XSLTProcessor,
  FontFace: class {
    load() {
      return Promise.resolve(this);
    }
  },
  Range: function () {
    return rangeOf([]);
  },
  Selection: class {},
  StaticRange: class {},
  CSSStyleSheet: class {
    replaceSync() {}
    replace() {
      return Promise.resolve(this);
    }
    insertRule() {}
  },
  ClipboardItem: class {
    constructor(v) {
      for (const one of Object.values(v ?? {})) if (one instanceof Blob) act('copies', decoded(octets(one), 'utf-8'));
    }
  },
};
for (const name of [
  'Event',
  'CustomEvent',
  'MouseEvent',
  'PointerEvent',
  'KeyboardEvent',
  'UIEvent',
  'InputEvent',
  'FocusEvent',
  'SubmitEvent',
  'MessageEvent',
  'ErrorEvent',
  'TouchEvent',
  'WheelEvent',
  'DragEvent',
  'StorageEvent',
  'PopStateEvent',
  'HashChangeEvent',
  'ClipboardEvent',
  'AnimationEvent',
  'ProgressEvent',
])
  windowThings[name] = name === 'Event' ? Event : class extends Event {};
const ELEMENTS = [
  'Anchor Input Form IFrame Script Image Button Div Span Body Head Html Canvas TextArea Select Link Meta Style Table',
  'Template Object Embed Media Video Audio Area Unknown Option Label Paragraph',
].flatMap((words) => words.split(' '));
for (const name of ELEMENTS) {
  const tag = { Anchor: 'a', Image: 'img', Paragraph: 'p' }[name] ?? name.toLowerCase(),
    Class = function () {
      return element(tag);
    };
  Class.prototype = Element.prototype;
  define(Class, Symbol.hasInstance, { value: (v) => v instanceof Element && v.tag === tag });
  windowThings[`HTML${name}Element`] = Class;
}
windowThings.SVGElement = Element;
windowThings.CharacterData = Text;
windowThings.ShadowRoot = Fragment;
for (const [key, value] of Object.entries(windowThings)) hide(G, key, value);
const frames_ = () => doc.querySelectorAll('iframe,frame');
for (let n = 0; n < 10; n++) define(G, n, { get: () => frames_()[n]?.contentWindow, configurable: true });
define(G, 'length', { get: () => frames_().length, set() {}, configurable: true });
define(G, 'location', { get: () => place, set: (v) => go(v, 'leaves'), configurable: false });
define(Document.prototype, Symbol.toStringTag, { value: 'HTMLDocument' });
define(G, Symbol.toStringTag, { value: 'Window', configurable: true });
define(Element.prototype, Symbol.toStringTag, {
  get() {
    return this.tag === 'a' ? 'HTMLAnchorElement' : `HTML${this.tag[0].toUpperCase()}${this.tag.slice(1)}Element`;
  },
});
const EVENTS = [
  'click dblclick auxclick load error message submit change input focus focusin blur keydown keyup keypress mousemove',
  'mouseover mouseenter mouseout mouseleave mousedown mouseup scroll scrollend resize hashchange popstate pageshow pagehide',
  'beforeunload unload visibilitychange readystatechange DOMContentLoaded pointermove pointerover pointerenter pointerout',
  'pointerdown pointerup pointerrawupdate touchstart touchend touchmove wheel mousewheel contextmenu animationstart',
  'animationend animationiteration transitionend transitionrun transitionstart toggle beforetoggle canplay loadeddata',
  'loadedmetadata loadstart loadend play playing timeupdate ended selectionchange selectstart slotchange finish copy cut',
  'paste drag dragover dragstart drop begin end repeat start bounce propertychange securitypolicyviolation fullscreenchange',
  'online offline reset select invalid',
].flatMap((words) => words.split(' '));
for (const type of EVENTS) {
  if (/^touch/.test(type)) continue; // a desktop without a screen to touch has none
  for (const at of [Element.prototype, Document.prototype])
    define(at, 'on' + type, {
      get() {
        return this['on_' + type] ?? null;
      },
      set(v) {
        this['on_' + type] = v;
        handling.add(this);
      },
      configurable: true,
    });
  if (!('on' + type in G)) hide(G, 'on' + type, null);
}
function stopped(id) {
  const at = timers.findIndex((t) => t.id === id);
  if (at >= 0) timers.splice(at, 1);
}
