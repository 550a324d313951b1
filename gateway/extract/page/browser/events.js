// Events, and who hears them.
class EventTarget {
  #heard = null;
  addEventListener(type, f) {
    if (!f) return;
    this.#heard ??= new Map();
    const list = this.#heard.get((type += '')) ?? [];
    if (!list.includes(f)) list.push(f);
    this.#heard.set(type, list);
    if (listening.size < 2000) listening.add(this);
  }
  removeEventListener(type, f) {
    const list = this.#heard?.get(type);
    if (list && list.includes(f)) list.splice(list.indexOf(f), 1);
  }
  dispatchEvent(event) {
    const goes = fire(this, event);
    if (goes && event.type === 'click' && this instanceof Element) activated(this);
    return goes;
  }
  static heard(target) {
    return target.#heard ? [...target.#heard.keys()] : [];
  }
  static of(target, type) {
    return [...(target.#heard?.get(type) ?? [])];
  }
}
const listening = new Set(),
  handling = new Set(),
  focused = [];

class Event {
  constructor(type, init) {
    Object.assign(this, { bubbles: false, detail: null }, init);
    this.type = type + '';
    this.isTrusted = true;
    this.timeStamp = 1200.5;
    this.target = null;
  }
  preventDefault() {
    this.defaultPrevented = true;
  }
  stopPropagation() {
    this.stopped = true;
  }
  stopImmediatePropagation() {
    this.stopped = true;
    this.halted = true;
  }
  composedPath() {
    return [this.target];
  }
  initEvent(type) {
    this.type = type;
  }
  initMouseEvent(type) {
    this.type = type;
  }
  initCustomEvent(type, a, b, detail) {
    this.type = type;
    this.detail = detail;
  }
  getModifierState() {
    return false;
  }
}
Object.assign(Event.prototype, {
  clientX: 311,
  clientY: 207,
  screenX: 311,
  screenY: 290,
  pageX: 311,
  pageY: 207,
  movementX: 4,
  movementY: 2,
  key: 'Enter',
  code: 'Enter',
  keyCode: 13,
  which: 13,
  button: 0,
  buttons: 1,
  deltaY: 40,
  pointerType: 'mouse',
  persisted: false,
  defaultPrevented: false,
  inputType: 'insertText',
});

const carried = (kind) => ({
  setData: (type, text) => {
    if (kind === 'copies' || /^(?:DownloadURL|text)/i.test(type)) act('copies', text, kind);
    const file = /^downloadurl$/i.test(type) && /^[^:]*:([^:]*):(.+)$/s.exec(String(text)),
      data = file && contents(file[2]);
    if (data) octetsOut(data.bytes, file[1], 'downloads');
  },
  getData: () => '',
  clearData() {},
  setDragImage() {},
  items: [],
  files: [],
  types: [],
});
Event.prototype.clipboardData = carried('copies');
Event.prototype.dataTransfer = carried('drags');

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
// What a body hears for its window, beside what is fired at it for itself (HTML 8.1.8.2.1).
const OF_WINDOW = /^(?:error|hashchange|message|popstate|unhandledrejection)$/;
function handler(at, type) {
  const own = (at === windowTarget ? G : at)['on' + type];
  if (typeof own === 'function') return own;
  const on = at === windowTarget && OF_WINDOW.test(type) ? doc.body : at,
    code = on instanceof Element ? on.getAttribute('on' + type) : null;
  return code ? compiled(code, on) : null;
}
function compiled(code, at) {
  try {
    return new Function('event', 'with (this.ownerDocument || this) { with (this) {\n' + prepared(code) + '\n} }');
  } catch {
    /* below */
  }
  try {
    return new Function('event', prepared(code));
  } catch (error) {
    failed(error);
    return null;
  }
}
