// What scripts may not reach: the log of what they did, the engine's own functions as they were, and loops that cannot be
// broken off.
const G = globalThis;
const quote = JSON.stringify,
  run = (0, eval),
  later = queueMicrotask,
  Octets = Uint8Array,
  Text_ = String;
const apply = Reflect.apply,
  describe = Object.getOwnPropertyDescriptor,
  define = Object.defineProperty;
const toBase64 = Octets.prototype.toBase64,
  percent = decodeURIComponent,
  join = Array.prototype.join,
  test = RegExp.prototype.test;
const LOG = 400,
  LOGGED = 4 << 20,
  LINE = 1 << 16,
  FILES = 40,
  HUGE = 1 << 20,
  STEPS = 600,
  FURTHER = 5000,
  HASTE = 5000,
  DEEP = 40;

let log = '',
  logged = 0,
  phase = 'load',
  files = 0,
  written = 0,
  depth = 0;

// One act: what, in which phase, a detail and a second one. Strings alone, so that no changed prototype gets between.
function act(kind, detail, more) {
  if (logged >= LOG || log.length > LOGGED) return;
  logged += 1;
  const room = kind === 'page' ? LOGGED - log.length : LINE;
  log += '[' + quote(kind) + ',' + quote(phase) + ',' + quote(cut(detail, room)) + ',' + quote(cut(more, LINE)) + ']\n';
}
function cut(value, room) {
  const text = value === undefined || value === null ? '' : Text_(value);
  return text.length > room ? apply(cutting, text, [0, room]) : text;
}
const cutting = Text_.prototype.slice;
// One string of the pieces that the engine keeps it in: only such a one leaves it.
function flat(text) {
  return apply(join, [text, ''], ['']);
}

function octetsOut(octets, name, how) {
  if (files >= FILES || octets.length === 0 || log.length > LOGGED * 3) return;
  files += 1;
  log += '["file",' + quote(phase) + ',' + quote(cut(how + ' ' + name, 400)) + ',' + quote(apply(toBase64, octets, [])) + ']\n';
}

// Runs what a script gave us; its error ends it alone. What it lacks is made up, once.
function attempt(f, self, args) {
  if (depth > DEEP) return undefined;
  depth += 1;
  try {
    const made_ = typeof f === 'function' ? apply(f, self, args || []) : f && f.handleEvent ? f.handleEvent(...args) : undefined;
    if (made_ instanceof Promise) came(made_, () => apply(f, self, args || []));
    return made_;
  } catch (error) {
    if (lacking(error)) {
      try {
        return apply(f, self, args || []);
      } catch (again) {
        failed(again);
      }
    } else failed(error);
  } finally {
    depth -= 1;
  }
}
// The end of what goes on by itself: errors of it are seen by nobody else.
const then = Promise.prototype.then;
function came(promise, again, tries = 3) {
  apply(then, promise, [
    undefined,
    (error) => {
      if (!lacking(error)) {
        failed(error);
        return;
      }
      try {
        const more = again();
        if (more instanceof Promise && tries > 0) came(more, again, tries - 1);
      } catch (more) {
        failed(more);
      }
    },
  ]);
}
hide(Promise.prototype, 'then', function (f, g) {
  return apply(then, this, [typeof f === 'function' ? (v) => kept_(f, v) : f, g]);
});
const reject = Promise.reject;
hide(Promise, 'reject', function (reason) {
  if (this === Promise && !failing) soon(() => fire(windowTarget, new Event('unhandledrejection', { reason, promise: null })), 2);
  return apply(reject, this, [reason]);
});
function kept_(f, v) {
  try {
    return f(v);
  } catch (error) {
    if (lacking(error)) return f(v);
    failed(error);
    throw error;
  }
}
function failed(error) {
  let said = '';
  try {
    said = error instanceof Error ? error.name + ': ' + error.message : 'thrown';
  } catch {
    said = 'thrown';
  }
  act('died', said);
  troubled(said, error);
}
// Handlers of errors, for a name that a script lacks as well: it may have been written to lack it.
function troubled(said, error) {
  if (failing) return;
  failing = true;
  const event = new Event('error', { message: said, error, filename: here.href, lineno: 1, colno: 1 });
  event.given = [said, here.href, 1, 1, error];
  fire(windowTarget, event);
  fire(windowTarget, new Event('unhandledrejection', { reason: error, promise: null }));
  failing = false;
}
let failing = false;
function lacking(error) {
  const name = error instanceof ReferenceError ? /^([\w$]+) is not defined/.exec(error.message) : null;
  if (name === null || name[1] in G) return false;
  lacked(name[1]);
  troubled(error.message, error);
  return true;
}

// Objects of the old Windows browser, which only pages made for it ask for without looking whether they are there.
function oldObject(what) {
  if (/shell|scripting|stream/i.test(what)) act('calls', what, 'object');
  return tolerant('object');
}
hide(G, 'oldObject_', oldObject);
function lacked(name) {
  G[name] = name === 'ActiveXObject' ? oldObject : tolerant(name);
  act('lacks', name);
}
// A library that is not here: whatever is asked of it is there, functions it is given are run, markup it is given is shown.
const unknowns = new Map();
const strangers = new Set();
const isStranger = strangers.has.bind(strangers); // whatever pages make of sets
// What is unknown itself does nothing when it is run, but to be handed on for ever.
const runs = (value) => typeof value === 'function' && !isStranger(value);
function nameOf(made) {
  for (const [name, one] of unknowns) if (one === made) return name;
  return '';
}
function tolerant(name) {
  const known = unknowns.get(name);
  if (known || unknowns.size > 2000) return known || unknowns.values().next().value;
  const made = new Proxy(function () {}, {
    get(target, key) {
      if (key === Symbol.toPrimitive) return () => said(name);
      if (key === Symbol.iterator) return function* () {};
      if (typeof key === 'symbol') return undefined;
      if (key === 'then')
        return name.endsWith('!')
          ? undefined
          : (f) => {
              soon(() => attempt(f, G, [tolerant(cut(name, 60) + '!')]), 1);
              return tolerant(name);
            };
      if (Object.hasOwn(target, key) && key !== 'prototype' && key !== 'length' && key !== 'name') return target[key];
      if (key === 'length') return 0;
      if (key === 'toString' || key === 'valueOf' || key === 'join') return () => said(name);
      return tolerant(cut(name, 60) + '.' + key);
    },
    has: () => true,
    apply(target, self, args) {
      given(name, args);
      return tolerant(cut(name, 60) + '()');
    },
    construct(target, args) {
      given(name, args);
      return tolerant(cut(name, 60) + '()');
    },
    getPrototypeOf: () => Object.prototype,
  });
  unknowns.set(name, made);
  strangers.add(made);
  return made;
}
// What the web answers is a word that tells where it ends up: run as code, written over the page, gone to.
const ANSWER = 'answered_by_the_web';
define(G, ANSWER, {
  get: () => {
    act('goes', 'code that the web answers', 'runs');
    return tolerant('answer');
  },
});
const said = (name) => (name.startsWith('answer') ? ANSWER : '');
function answered(text) {
  if (text.includes(ANSWER)) act('goes', 'where an answer of the web says', 'writes');
}
// Texts within what a library is given.
function within(name, value, deep) {
  for (const key of Object.keys(value).slice(0, 40)) {
    if (typeof value[key] === 'string') telling(name, value[key]);
    else if (value[key] && typeof value[key] === 'object' && deep < 3 && !(value[key] instanceof Node))
      within(name, value[key], deep + 1);
  }
}
// A file that a library is to pack: its name, what stands in it, and how that is written.
function packed(name, data, how) {
  const text = typeof data === 'string';
  if (text && how?.base64) octetsOut(contents('data:;base64,' + data)?.bytes ?? new Octets(0), name, 'holds');
  else if (text || ArrayBuffer.isView(data) || data instanceof ArrayBuffer || data instanceof Blob)
    octetsOut(octets(data), name, 'holds');
}
function given(name, args) {
  if (/decrypt/i.test(name)) act('deciphers', name);
  if (handsOver(...args)) act('asks', name, 'given');
  if (/\.(?:file|add|addFile)\W*$/.test(name) && typeof args[0] === 'string' && args.length > 1) packed(...args);
  for (const value of args) {
    if (runs(value)) soon(() => attempt(value, G, [tolerant('event'), tolerant('data')]), 1);
    else if (value instanceof Blob) save(value, args[1], 'saves');
    else if (typeof value === 'string') telling(name, value);
    else if (value && typeof value === 'object') {
      for (const key of ['success', 'complete', 'done', 'callback']) {
        if (runs(value[key])) soon(() => attempt(value[key], G, ['', 'success', tolerant('xhr')]), 1);
      }
      if (!(value instanceof Node)) within(name, value, 0);
    }
  }
}
// Whether what was typed into a field is handed over, however it is wrapped.
function handsOver(...values) {
  return phase === 'click' && typed !== '' && holdsTyped(values, 0);
}
// In base64, without its last characters, which depend on what stands behind.
function inBase64(text) {
  const bytes = octets(text);
  return apply(toBase64, bytes, []).slice(0, ((bytes.length / 3) | 0) * 4);
}
function holdsTyped(value, deep) {
  if (typeof value === 'string') return value.indexOf(typed) >= 0 || value.indexOf(inBase64(typed)) >= 0;
  if (value instanceof Blob) return decoded(octets(value), 'utf-8').indexOf(typed) >= 0;
  if (!value || typeof value !== 'object' || value instanceof Node || deep > 4) return false;
  return Object.values(value)
    .slice(0, 40)
    .some((one) => holdsTyped(one, deep + 1));
}
function telling(name, value) {
  if (/^\s*(?:https?:|wss?:)?\/\//i.test(value)) act('tells', value, name);
  else if (/<[a-z!]/i.test(value) && documentBody()) {
    wrote(value);
    documentBody().append(...parsed(value));
  }
}

// Native loops that no time limit ends: over lengths that are only said, and of a needle of any size through a haystack of
// any size.
for (const name of [
  'join',
  'toString',
  'toLocaleString',
  'reverse',
  'copyWithin',
  'slice',
  'sort',
  'flat',
  'concat',
  'shift',
  'unshift',
  'splice',
])
  guardArray(name);
function guardArray(name) {
  const real = Array.prototype[name];
  hide(Array.prototype, name, function (...args) {
    const long = this !== null && this !== undefined && this.length > HUGE;
    if (long && (!Array.isArray(this) || Object.keys(this).length < this.length / 2))
      throw new RangeError('Invalid array length');
    if (name === 'concat')
      for (const one of args)
        if (one && typeof one === 'object' && one.length > HUGE) throw new RangeError('Invalid array length');
    return apply(real, this, args);
  });
}
for (const name of ['indexOf', 'lastIndexOf', 'includes', 'split', 'replace', 'replaceAll']) guardString(name);
function guardString(name) {
  const real = Text_.prototype[name];
  hide(Text_.prototype, name, function (needle, ...rest) {
    if (typeof needle === 'string' && needle.length > 400 && this.length * needle.length > 50e6)
      throw new RangeError('Invalid string length');
    return apply(real, this, [needle, ...rest]);
  });
}
function hide(object, name, value) {
  const old = describe(object, name);
  if (typeof value === 'function' && old && typeof old.value === 'function') {
    define(value, 'name', { value: name, configurable: true });
    define(value, 'length', { value: old.value.length, configurable: true });
  }
  define(object, name, { value, writable: true, configurable: true, enumerable: false });
}

// The present is fixed, and goes on by each look at it, so that nobody waits for it in a loop.
const FIRST_MORNING = 1767578400000; // a Monday
let now = FIRST_MORNING;
const RealDate = Date;
function Date_(...args) {
  if (!new.target) return new RealDate(now).toString();
  now += 3;
  return Reflect.construct(RealDate, args.length ? args : [now], new.target);
}
Date_.prototype = RealDate.prototype;
for (const name of ['parse', 'UTC']) hide(Date_, name, RealDate[name]);
hide(Date_, 'now', () => (now += 3));
hide(RealDate.prototype, 'constructor', Date_);
hide(RealDate.prototype, 'getTimezoneOffset', () => -480);
for (const unit of ['FullYear', 'Month', 'Date', 'Day', 'Hours'])
  hide(RealDate.prototype, 'get' + unit, function () {
    return new RealDate(this.getTime() + 28800000)['getUTC' + unit]();
  });
hide(G, 'Date', Date_);
define(Date_, 'name', { value: 'Date' });
G.performance = {
  now: () => (now += 3) - 1767578399000,
  timeOrigin: 1767578399000,
  timing: { navigationStart: 1767578399000, loadEventEnd: 1767578399400 },
  mark() {},
  measure() {},
  getEntriesByType: () => [],
  getEntriesByName: () => [],
  getEntries: () => [],
  clearMarks() {},
  memory: { jsHeapSizeLimit: 4294705152 },
};
let seed = 20260105;
hide(Math, 'random', () => (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff) / 0x7fffffff);
// What it refers to stays, as it does in browsers until a script ends.
G.WeakRef = class WeakRef {
  constructor(value) {
    this.held = value;
  }
  deref() {
    return this.held;
  }
};
for (const name of ['SharedArrayBuffer', 'Atomics', 'FinalizationRegistry']) delete G[name];

// Timers run in the order of their time, as soon as nothing else does.
const timers = [];
let turn = 0,
  ticks = 0;
function soon(f, after, every) {
  turn += 1;
  timers.push({ f, at: now + Math.min(Number(after) || 0, 1e7), id: turn, every });
  return turn;
}
// All turns are gone before anybody could have read a line: the page waits for the player to give up.
const hasty = () => ticks >= STEPS && now - FIRST_MORNING < HASTE;
// `most`: steps after which no more are taken.
function tick(most = STEPS) {
  if (ticks >= most || timers.length === 0) return false;
  ticks += 1;
  let first = 0;
  for (let i = 1; i < timers.length; i++) if (timers[i].at < timers[first].at) first = i;
  const one = timers[first];
  timers[first] = timers[timers.length - 1];
  timers.length -= 1;
  now = Math.max(now, one.at);
  if (one.every && one.every > 0 && ticks < STEPS / 2) {
    one.every -= 1;
    timers.push({ ...one, at: now + 40 });
  }
  one.f();
  return true;
}
