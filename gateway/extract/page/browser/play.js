// The entry points of the play: open, scripts, events, timers, what a reader would do.
// Functions of ours show no source, as those of a browser do.
const shown = Function.prototype.toString;
let ours = null;
function gathered() {
  ours = new WeakSet();
  for (const value of [...Object.values(windowThings), ...Object.values(navigator), ...Object.values(place)])
    if (typeof value === 'function') {
      ours.add(value);
      for (const k of Object.getOwnPropertyNames(value.prototype ?? {})) {
        const d = describe(value.prototype, k);
        for (const f of [d.value, d.get, d.set]) if (typeof f === 'function') ours.add(f);
      }
    }
  for (const at of [Array.prototype, Text_.prototype, Math, Date])
    for (const k of Object.getOwnPropertyNames(at)) {
      const f = describe(at, k).value;
      if (typeof f === 'function') ours.add(f);
    }
  return ours;
}
hide(Function.prototype, 'toString', function toString() {
  return (ours ?? gathered()).has(this) || this === Function.prototype.toString
    ? `function ${this.name}() { [native code] }`
    : apply(shown, this, []);
});

const CLICKS = new RegExp(
  '^(?:(?:dbl|aux)?click|submit|change|key\\w+|copy|paste|cut|input|beforeinput|invalid|reset|select|contextmenu|' +
    'mouse(?:down|up)|pointer(?:down|up)|touch(?:start|end)|drag\\w*|drop)$',
);
const ANYBODY = /^(?:beforeunload|unload|pagehide|offline|error|abort|beforeprint|afterprint|storage|unhandledrejection)$/;
function everyHeard(wanted) {
  const all = [];
  for (const target of [...listening])
    for (const type of EventTarget.heard(target)) if (wanted(type, target)) all.push([target, type]);
  for (const el of [...handling]) {
    if (el !== doc && !el.isConnected) continue;
    for (const k of el.attrs?.keys() ?? []) if (k.startsWith('on') && wanted(k.slice(2), el)) all.push([el, k.slice(2)]);
    for (const k of Object.keys(el))
      if (k.startsWith('on_') && typeof el[k] === 'function' && wanted(k.slice(3), el)) all.push([el, k.slice(3)]);
  }
  for (const k of Object.getOwnPropertyNames(G))
    if (
      /^on[a-z]/i.test(k) &&
      typeof G[k] === 'function' &&
      wanted(k.slice(2), windowTarget) &&
      !EventTarget.heard(windowTarget).includes(k.slice(2))
    )
      all.push([windowTarget, k.slice(2)]);
  return all.slice(0, 120);
}
const wide = (target) => target === windowTarget || target === doc || target === doc.body || target === doc.documentElement;
const UNSEEN = /display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?![.\d])|font-size\s*:\s*0(?![.\d])/i;
// A frame that a script has put over the whole window.
function covers(el) {
  const style = el.style.cssText + ';width:' + (el.getAttribute('width') ?? '') + ';height:' + (el.getAttribute('height') ?? '');
  return /position: fixed/i.test(style) && /\bwidth: ?100(?:%|.?vw)/i.test(style) && /\bheight: ?100(?:%|.?vh)/i.test(style) && !UNSEEN.test(style);
}
const DIGITS = '123456';
const EARLY = /^(?:load|DOMContentLoaded|readystatechange|pageshow|message|hashchange)$/;

let typed = '';
let words = [],
  prompted = 0;
const entries = {
  // Whether there is anything to type into.
  fields() {
    return inputs.some((el) => el.isConnected && /^(?:|text|password|tel|search|number)$/.test(el.type)) || prompted > 0;
  },
  // The page's markup; words that its reader may know.
  open(markup_, known) {
    words = JSON.parse(known);
    const html = element('html');
    doc.kids = [child(html, doc)];
    html.kids = [child(element('head'), html), child(element('body'), html)];
    placed_(parsed(markup_));
    walk(doc, (k) => {
      if (k.tag === 'script') {
        k.first_ = true;
        pending.push(k);
      }
      if (!k.attrs) return;
      called(k);
      if (/^(?:iframe|frame|embed|object)$/.test(k.tag)) {
        const to = k.attrs.get('src') ?? k.attrs.get('data') ?? '',
          inside = k.attrs.get('srcdoc') ?? '';
        if (/^\s*javascript:/i.test(to)) soon(() => go(to, 'frame'), 0);
        if (/<(?:script|form|input|meta|iframe|object|embed|a)\b|\son\w|javascript:/i.test(inside)) page(inside, 'frame');
      }
    });
    opening = false;
  },
  next() {
    for (let el = pending.shift(); el; el = pending.shift()) {
      const code = el.isConnected ? coded(el) : null;
      if (code !== null) {
        current = el;
        return code;
      }
    }
    current = null;
    return null;
  },
  died(name, said) {
    if (/^ReferenceError: ([\w$]+) is not defined/.test(said)) {
      const lacks = /: ([\w$]+) is/.exec(said)[1];
      if (!(lacks in G)) {
        lacked(lacks);
        troubled(said, new ReferenceError(said));
        return true;
      }
    }
    failed(new Error(said));
    return false;
  },
  came(value, again) {
    if (value instanceof Promise) came(value, () => evaluated(again));
  },
  loaded() {
    current = null;
    if (doc.rest_) doc.close();
    for (const [state, type] of [
      ['interactive', 'DOMContentLoaded'],
      ['complete', 'load'],
    ]) {
      doc.readyState = state;
      fire(doc, new Event('readystatechange'));
      if (type === 'DOMContentLoaded') {
        fire(doc, new Event(type, { bubbles: true }));
        fire(windowTarget, new Event(type));
      } else {
        for (const el of new Set(
          everyHeard((type, at) => (type === 'load' || type === 'error') && at instanceof Element && at !== doc.body).map(
            (p) => p[0],
          ),
        ))
          happened(el);
        fire(doc.body, new Event('load'));
        fire(windowTarget, new Event('load'));
      }
    }
    fire(windowTarget, new Event('pageshow'));
    if (doc.body.attrs.has('onpageshow')) fire(doc.body, new Event('pageshow'));
    for (const el of focused.slice(0, 20)) fire(el, new Event('focus', { bubbles: true }));
  },
  tick: () => tick(),
  further: () => tick(FURTHER),
  stir() {
    phase = 'stir';
    if (doc.querySelectorAll('iframe').some((k) => webLike(k.getAttribute('src') ?? '')))
      for (const data of [ANSWER, tolerant('answer')]) fire(windowTarget, new Event('message', { data, origin: 'https://frame.invalid', ports: [] }));
    if (everyHeard((type, t) => type === 'message' && t === windowTarget).length)
      for (const el of doc.querySelectorAll('iframe')) speaks(el);
    for (const [target, type] of everyHeard(
      (type, t) => !EARLY.test(type) && !ANYBODY.test(type) && (!CLICKS.test(type) || wide(t)),
    ))
      for (let n = /move|scroll|wheel|^key|over$/.test(type) ? 4 : 1; n > 0; n--) fire(target, new Event(type));
  },
  // `word`: what a reader would type.
  click(word) {
    phase = 'click';
    const fields = [],
      buttons = [];
    walk(doc, (el) => {
      if (el.tag === 'input' || el.tag === 'textarea') fields.push(el);
      if (
        el.tag === 'button' ||
        (el.tag === 'input' && /^(?:submit|button)$/.test(el.type)) ||
        (el.tag === 'a' && (el.attrs.has('download') || /^\s*(?:javascript|blob|data):/i.test((el.attrs.get('href') ?? '').replace(/[\t\r\n]/g, ''))))
      )
        buttons.push(el);
    });
    for (const el of fields)
      if ((!el.value || el.value === typed) && /^(?:|text|email|password|tel|search)$/.test(el.type))
        el.value = /mail|user|login|name/i.test(el.type + el.name + el.id) ? 'user@example.com' : (typed = word);
    for (const [target, type] of everyHeard((type, t) => /^key/.test(type) && wide(t))) {
      for (const key of DIGITS) fire(target, new Event(type, { key, code: 'Digit' + key, keyCode: 48 + +key, which: 48 + +key }));
      fire(target, new Event(type));
    }
    for (const el of doc.querySelectorAll('[contenteditable]'))
      if (!el.textContent.trim() || el.textContent === typed) el.textContent = typed = word;
    const done = new Set();
    for (const [target, type] of everyHeard((type, t) => CLICKS.test(type) && !wide(t))) {
      done.add(target);
      if (type === 'click' && target.click) target.click();
      else fire(target, new Event(type, { bubbles: true }));
    }
    for (const el of buttons.slice(0, 40)) if (!done.has(el)) el.click();
  },
  log() {
    return flat(log);
  },
  acts() {
    for (const [name, blob] of blobs)
      if (!used.has(name) && blob instanceof Blob && !/javascript|css|json|^image|^font/.test(blob.type))
        octetsOut(octets(blob), '', 'holds');
    for (const el of doc.querySelectorAll('iframe').slice(0, 40))
      if (webLike(el.getAttribute('src') ?? '') && covers(el)) act('frame', whole(el.getAttribute('src')), 'covers');
    return flat(log);
  },
  // What stands there in the end: words to read, whether a password is asked for, markup without scripts.
  end() {
    let text = '',
      asks = false;
    const hidden = (el) =>
      el.attrs && (UNSEEN.test(el.attrs.get('style') ?? '') || el.attrs.has('hidden'));
    const say = (node, deep) => {
      for (const k of node.kids) {
        if (text.length > 20000 || deep > 200) return;
        if (k.nodeType === 3) text += k.data + ' ';
        else if (k.nodeType === 1 && !RAW.has(k.tag) && k.tag !== 'template' && !hidden(k)) say(k, deep + 1);
        if (k.shadow_) say(k.shadow_, deep + 1);
      }
    };
    if (doc.body) say(doc.body, 0);
    text += painted;
    for (const el of inputs) if (/^\s*password\s*$/i.test(el.attrs.get('type') ?? '') && el.isConnected) asks = true;
    const out =
      written || shadows.length
        ? [doc.documentElement, ...shadows]
            .map((k) => {
              for (const s of k.querySelectorAll('script')) if (s.parentNode) s.remove();
              return k === doc.documentElement ? markup(k) : k.innerHTML;
            })
            .join('\n')
        : '';
    return flat(
      '{"shown":' +
        quote(cut(text, 8000)) +
        ',"asks":' +
        asks +
        ',"full":' +
        (made >= MOST || (ticks >= STEPS && timers.length > 0)) +
        ',"spent":' +
        (made >= MOST || hasty()) +
        ',"markup":' +
        quote(cut(out, 1 << 20)) +
        '}',
    );
  },
};
