// What elements have: attributes as properties, styles.
Object.assign(Element.prototype, {
  offsetWidth: 800,
  offsetHeight: 400,
  clientWidth: 800,
  clientHeight: 400,
  scrollHeight: 900,
  scrollWidth: 800,
  scrollTop: 0,
  offsetTop: 0,
  offsetLeft: 0,
  complete: true,
  naturalWidth: 1,
  naturalHeight: 1,
  readyState: 4,
  selectedIndex: 0,
  files: [],
});
for (const [property, key] of Object.entries({
  id: 'id',
  className: 'class',
  src: 'src',
  action: 'action',
  method: 'method',
  name: 'name',
  title: 'title',
  alt: 'alt',
  rel: 'rel',
  target: 'target',
  download: 'download',
  srcdoc: 'srcdoc',
  data: 'data',
  type: 'type',
  httpEquiv: 'http-equiv',
  lang: 'lang',
  dir: 'dir',
  placeholder: 'placeholder',
  htmlFor: 'for',
  charset: 'charset',
  formAction: 'formaction',
  enctype: 'enctype',
  slot: 'slot',
  nonce: 'nonce',
  ping: 'ping',
  accept: 'accept',
  background: 'background',
  cite: 'cite',
  label: 'label',
  width: 'width',
  height: 'height',
  sandbox: 'sandbox',
  poster: 'poster',
  contentEditable: 'contenteditable',
  defaultValue: 'value',
  bgColor: 'bgcolor',
  ...Object.fromEntries(
    [
      'abbr align archive axis border cellPadding cellSpacing charOff clear code codeBase codeType color coords dateTime face',
      'frame frameBorder headers hreflang integrity link media noHref pattern referrerPolicy rules scheme scope shape sizes',
      'srclang srcset standby step summary text useMap vAlign vLink version wrap min max',
    ]
      .flatMap((words) => words.split(' '))
      .filter((property) => !(property in Element.prototype))
      .map((property) => [property, property.toLowerCase()]),
  ),
})) {
  define(Element.prototype, property, {
    get() {
      return this.attrs.get(key) ?? '';
    },
    set(v) {
      this.setAttribute(key, v);
    },
    configurable: true,
    enumerable: true,
  });
}
for (const word of [
  'Label Description Placeholder RoleDescription KeyShortcuts ValueNow ValueMin ValueMax ValueText BrailleLabel',
  'BrailleRoleDescription ColIndex ColIndexText ColCount RowIndex RowIndexText RowCount PosInSet SetSize Level',
].flatMap((words) => words.split(' ')))
  define(Element.prototype, 'aria' + word, {
    get() {
      return this.attrs.get('aria-' + word.toLowerCase()) ?? null;
    },
    set(v) {
      this.setAttribute('aria-' + word.toLowerCase(), v);
    },
    configurable: true,
  });
for (const key of [
  'hidden',
  'disabled',
  'checked',
  'async',
  'defer',
  'required',
  'autofocus',
  'open',
  'selected',
  'multiple',
  'readonly',
]) {
  define(Element.prototype, key, {
    get() {
      return this.attrs.has(key);
    },
    set(v) {
      if (v) this.setAttribute(key, '');
      else this.attrs.delete(key);
    },
    configurable: true,
  });
}
for (const key of ['colSpan', 'rowSpan', 'span', 'start', 'maxLength', 'minLength', 'cols', 'rows', 'low', 'high', 'optimum'])
  define(Element.prototype, key, {
    get() {
      return Number.parseFloat(this.attrs.get(key.toLowerCase())) || 0;
    },
    set(v) {
      this.setAttribute(key.toLowerCase(), v);
    },
    configurable: true,
  });
define(Element.prototype, 'href', {
  get() {
    const v = this.attrs.get('href');
    return v === undefined ? '' : whole(v);
  },
  set(v) {
    this.setAttribute('href', v);
  },
  configurable: true,
});
for (const key of ['protocol', 'host', 'hostname', 'port', 'pathname', 'search', 'hash', 'origin', 'username', 'password']) {
  define(Element.prototype, key, {
    get() {
      return URL.parse(this.href)?.[key] ?? '';
    },
    set(v) {
      const url = URL.parse(this.href || here.href);
      if (url) {
        url[key] = key === 'protocol' ? String(v).replace(/:?$/, ':') : v;
        this.setAttribute('href', url.href);
      }
    },
    configurable: true,
  });
}
hide(Element.prototype, 'toString', function () {
  return this.tag === 'a' || this.tag === 'area' ? this.href : '[object HTMLElement]';
});
const trustedEmpty = {},
  shadows = [];
function dashed(el, prefix) {
  const key = (k) => prefix + String(k).replace(/[A-Z]/g, (c) => '-' + c.toLowerCase());
  return new Proxy(
    {},
    {
      get: (t, k) => (typeof k === 'symbol' ? undefined : el.attrs.get(key(k))),
      set: (t, k, v) => {
        el.attrs.set(key(k), String(v));
        return true;
      },
      has: (t, k) => el.attrs.has(key(k)),
      deleteProperty: (t, k) => el.attrs.delete(key(k)) || true,
      ownKeys: () =>
        [...el.attrs.keys()]
          .filter((k) => k.startsWith(prefix))
          .map((k) => k.slice(prefix.length).replace(/-([a-z])/g, (a, c) => c.toUpperCase())),
      getOwnPropertyDescriptor: (t, k) =>
        typeof k === 'string' && el.attrs.has(key(k))
          ? { value: el.attrs.get(key(k)), enumerable: true, configurable: true, writable: true }
          : undefined,
    },
  );
}
function declarations(text, into) {
  for (const [, k, a, b, v] of String(text).matchAll(
    /([\w-]+)\s*:\s*(?:"([^"]*)"\s*|'([^']*)'\s*|((?:url\([^)]*\)|"[^"]*"|'[^']*'|[^;])*))(?:;|$)/g,
  ))
    into.set(k.toLowerCase(), (a !== undefined ? `"${a}"` : b !== undefined ? `"${b}"` : (v ?? '')).trim());
  return into;
}
function styleOf(map) {
  const key = (k) =>
    k === 'cssFloat' ? 'float' : String(k).startsWith('--') ? k : String(k).replace(/[A-Z]/g, (c) => '-' + c.toLowerCase());
  return new Proxy(
    {},
    {
      get: (t, k) =>
        ({
          getPropertyValue: (n) => map.get(String(n).toLowerCase()) ?? '',
          setProperty: (n, v) => {
            map.set(String(n).toLowerCase(), String(v));
          },
          removeProperty: (n) => map.delete(n),
          cssText: [...map].map((p) => p.join(': ')).join('; '),
          length: map.size,
          item: (n) => [...map.keys()][n],
        })[k] ?? (typeof k === 'symbol' ? undefined : /^\d+$/.test(k) ? [...map.keys()][k] : (map.get(key(k)) ?? '')),
      set: (t, k, v) => {
        if (k === 'cssText') declarations(v, map);
        else map.set(key(k), String(v));
        return true;
      },
    },
  );
}
function styled(el) {
  return styleOf(declarations(el.getAttribute('style') ?? '', new Map()));
}
function rulesOf(el) {
  return [...el.textContent.matchAll(/([^{}]+)\{([^{}]*)\}/g)].slice(0, 2000);
}
function ruleOf([text, selector, body]) {
  return {
    cssText: text.trim(),
    selectorText: selector.trim(),
    keyText: selector.trim(),
    style: styleOf(declarations(body, new Map())),
    type: 1,
  };
}
// Rules stand one level deep within @keyframes, @media and the like.
function sheet(el) {
  const rules = [];
  for (const found of el.textContent.matchAll(/\s*(@[^{};]{1,400})\{((?:[^{}]*\{[^{}]*\})*)\s*\}|([^{}]+)\{([^{}]*)\}/g)) {
    if (rules.length >= 2000) break;
    if (found[3] !== undefined) rules.push(ruleOf([found[0], found[3], found[4]]));
    else {
      const within = rulesOf({ textContent: found[2] }).map(ruleOf);
      rules.push({ cssText: found[0].trim(), name: found[1].trim().split(/\s+/)[1] ?? '', cssRules: within, type: 7 });
    }
  }
  return { cssRules: rules, rules, insertRule() {}, addRule() {}, deleteRule() {}, ownerNode: el, href: null };
}
function getComputedStyle(el, pseudo) {
  const map = new Map([
      ['display', 'block'],
      ['visibility', 'visible'],
    ]),
    side = pseudo ? String(pseudo).replace(/^:+/, '') : '';
  for (const style of doc.querySelectorAll('style'))
    for (const [, selector, body] of rulesOf(style)) {
      const part = /::?(before|after)\s*$/.exec(selector.trim());
      try {
        if (
          (part?.[1] ?? '') === side &&
          (selector.includes(':root') || el.matches(selector.replace(/::?(before|after)\s*/g, '').trim()))
        )
          declarations(body, map);
      } catch {
        /* no selector */
      }
    }
  if (!side) declarations(el.getAttribute?.('style') ?? '', map);
  return styleOf(map);
}
