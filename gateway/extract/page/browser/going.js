// Going somewhere, by an address, a click or a form, and the documents of frames.
// Going somewhere: by an address, a click, a form.
function go(address, how) {
  if (typeof address === 'function' && /^answer/.test(nameOf(address))) act('goes', 'where an answer of the web says', how);
  const text = String(address ?? '')
    .trim()
    .replace(/[\t\r\n]/g, '');
  answered(text);
  if (/^javascript:/i.test(text)) {
    const made = evaluated(softly(text.slice(11)));
    if (typeof made === 'string' && made.includes('<')) {
      page(made, 'address');
    }
    return;
  }
  const data = contents(text);
  if (data) {
    if (pageLike(data)) page(decoded(data.bytes, 'utf-8'), how);
    else octetsOut(data.bytes, '', how);
    return;
  }
  if (webLike(text)) act('goes', /^[\\\/]{2}/.test(text) ? text : whole(text), how);
  else if (SCHEME.test(text) && !/^(?:file|about|mailto|tel|data|blob|cid):/i.test(text)) act('calls', text, how);
}
function clicked(el) {
  if (fire(el, new Event('click', { bubbles: true }))) activated(el);
}
function activated(el) {
  const link = el.closest('a,area');
  if (link?.hasAttribute('href')) followed(link);
  const label = el.closest('label'),
    labelled = label && (label.htmlFor ? doc.getElementById(label.htmlFor) : label.querySelector('input,button'));
  if (labelled && labelled !== el && !labelled.contains(el)) clicked(labelled);
  const button = el.closest('button,input');
  if (button?.form && /submit|image/.test(button.type || (button.tag === 'button' ? 'submit' : ''))) {
    if (fire(button.form, new Event('submit', { bubbles: true })))
      submitted(button.form, 'submits', button.getAttribute('formaction'));
  }
}
function followed(link) {
  const address = link.getAttribute('href');
  if (link.hasAttribute('download')) {
    const data = contents(address);
    if (data) octetsOut(data.bytes, link.getAttribute('download'), 'downloads');
    else if (webLike(address)) act('goes', whole(address), 'downloads');
  } else go(address, 'clicks');
}
function submitted(form, how, to) {
  const action = to ?? form.getAttribute('action') ?? '';
  if (webLike(action)) act('submits', whole(action), how);
  else if (/^\s*(javascript|data):/i.test(action)) go(action, how);
}
function save(blob, name, how) {
  if (blob instanceof Blob) octetsOut(octets(blob), String(name ?? blob.name ?? ''), how);
  return true;
}
function inner(frame) {
  const body = element('body'),
    text = [];
  if (frame.tag === 'iframe') frame.kids = [child(body, frame)];
  const within = {
    body,
    documentElement: body,
    open: () => {
      text.length = 0;
      return within;
    },
    write: (...v) => {
      text.push(...v);
    },
    writeln: (...v) => {
      text.push(...v);
    },
    close: () => {
      if (text.length) page(text.join(''), 'frame');
    },
    createElement: (t) => doc.createElement(t),
    querySelector: () => body,
    getElementById: () => body,
    head: body,
    addEventListener() {},
  };
  soon(() => within.close(), 1);
  const made = {
    document: within,
    name: frame.getAttribute('name') ?? '',
    location: placeOf((v) => framed(String(v))),
    postMessage() {},
    eval: run,
    Function,
    addEventListener() {},
    open: G.open,
    navigator,
    focus() {},
    print() {},
    closed: false,
    parent: G,
    top: G,
    close() {},
  };
  return new Proxy(made, {
    get: (t, k) => (k in t ? t[k] : G[k]),
    set: (t, k, v) => {
      if (k === 'location') framed(String(v));
      else t[k] = v;
      return true;
    },
  });
}
function placeOf(follow) {
  const at = {};
  const to = (key) => (v) => {
    const url = new URL(here.href);
    if (key === 'protocol') v = String(v).replace(/:?$/, ':');
    url[key] = v;
    follow(url.href);
  };
  define(at, 'href', { get: () => here.href, set: follow, enumerable: true });
  for (const key of ['protocol', 'host', 'hostname', 'port', 'pathname', 'search'])
    define(at, key, { get: () => here[key], set: to(key), enumerable: true });
  define(at, 'hash', {
    get: () => here.hash,
    set: (v) => {
      here.hash = String(v).replace(/^#?/, '#');
      soon(() => fire(windowTarget, new Event('hashchange')), 1);
    },
    enumerable: true,
  });
  define(at, 'origin', { get: () => 'null', enumerable: true });
  for (const [key, f] of Object.entries({
    assign: follow,
    replace: follow,
    reload() {},
    toString: () => here.href,
    valueOf: () => at,
  }))
    define(at, key, { value: f, enumerable: key.length < 8 });
  at.ancestorOrigins = [];
  define(at, Symbol.toPrimitive, { value: () => here.href });
  return at;
}
