// What happens once something stands in the document or is changed there.
let painted = '';
function tolerantCanvas(canvas) {
  const pixels = (w, h) => ({
    width: w,
    height: h,
    data: new Uint8ClampedArray(Math.min(4e6, Math.max(4, Math.abs(w * h * 4) || 4))),
  });
  return new Proxy(
    {},
    {
      get: (t, k) =>
        k === 'getImageData'
          ? (x, y, w, h) => {
              act('pixels', '');
              return pixels(w, h);
            }
          : k === 'createImageData'
            ? pixels
            : k === 'fillText' || k === 'strokeText'
              ? (text) => {
                  if (painted.length < 4000) painted += text + ' ';
                }
            : k === 'measureText'
              ? () => ({ width: 42 })
              : k === 'canvas'
                ? canvas
                : k in t
                  ? t[k]
                  : typeof k === 'symbol'
                    ? undefined
                    : () => tolerant('canvas'),
      set: (t, k, v) => {
        t[k] = v;
        return true;
      },
    },
  );
}
function element(tag) {
  const el = new Element(tag);
  if (tag === 'base') bases.push(el);
  else if (tag === 'input') inputs.push(el);
  return el;
}
const bases = [],
  inputs = [];
function whole(v) {
  try {
    return new URL(v, base()).href;
  } catch {
    return String(v);
  }
}
function base() {
  return (
    bases
      .find((el) => el.attrs.has('href') && el.isConnected)
      ?.getAttribute('href')
      .replace(/^(?![a-z]+:)/i, 'file:///') || here.href
  );
}

// What stands in the document from now on, or has got an attribute there.
function joined(node) {
  walk(node, (k) => {
    if (k.nodeType === 1) {
      arrived(k);
      for (const key of ['onload', 'onerror', 'onfocus']) if (k.attrs.has(key) && !opening) soon(() => happened(k), 1);
      const cls = elementsMade.get(k.tag) ?? elementsMade.get(k.attrs.get('is'));
      if (cls) upgrade(k, cls);
    }
  });
}
function happened(el) {
  const src = el.getAttribute('src') ?? el.getAttribute('href') ?? el.getAttribute('data');
  const there =
    !['img', 'script', 'link', 'video', 'audio', 'source', 'object', 'embed', 'image', 'input'].includes(el.tag) ||
    /^\s*(https?:|\/\/|data:(image\/[a-z+]+[;,]|text)|blob:)/i.test(src ?? '');
  fire(el, new Event(there ? 'load' : 'error'));
  if (el.hasAttribute('autofocus') || el.hasAttribute('onfocus')) fire(el, new Event('focus'));
}
const FIELDS = new Set(['input', 'select', 'textarea', 'button', 'fieldset', 'object', 'output']);
// A form knows its fields by their names, in the document or not.
function owned(el) {
  for (const own of [el.attrs?.get('name'), el.attrs?.get('id')]) {
    const form = own && FIELDS.has(el.tag) ? el.form : null;
    if (form && !(own in form)) define(form, own, { value: el, writable: true, configurable: true });
  }
}
function called(el) {
  const id =
    el.attrs.get('id') ?? (el.tag === 'form' || el.tag === 'img' || el.tag === 'iframe' ? el.attrs.get('name') : undefined);
  owned(el);
  if (id && !(id in G))
    define(G, id, {
      get: () => {
        const all = doc.querySelectorAll('*').filter((k) => k.attrs.get('id') === id);
        const one = all[0] ?? (el.tag === 'iframe' ? el.contentWindow : el);
        return all.length > 1 ? named(all) : one;
      },
      set: (v) => define(G, id, { value: v, writable: true, configurable: true }),
      configurable: true,
    });
}
function arrived(el) {
  if (!opening) called(el);
  if (el.tag === 'script') {
    if (!opening && !el.inert_) script(el);
    return;
  }
  const address = el.getAttribute(el.tag === 'object' ? 'data' : el.tag === 'link' || el.tag === 'base' ? 'href' : 'src');
  if (el.tag === 'iframe' || el.tag === 'frame' || el.tag === 'embed' || el.tag === 'object') {
    if (el.hasAttribute('srcdoc') && !opening) page(el.getAttribute('srcdoc'), 'frame');
    else if (address && (!opening || /^\s*javascript:/i.test(address))) framed(address);
    if (el.onload && !opening) soon(() => fire(el, new Event('load')), 2);
  } else if (el.tag === 'meta' && /refresh/i.test(el.getAttribute('http-equiv') ?? '') && !opening) {
    const found = /(?:url\s*=\s*)?["']?\s*([a-z][a-z0-9+.-]*:[^"']*|\/\/[^"']*)/i.exec(
      (el.getAttribute('content') ?? '').replace(/^[\s\d.;,]*/, ''),
    );
    if (found) go(found[1], 'refreshes');
  } else if (
    (el.tag === 'img' || el.tag === 'link' || el.tag === 'audio' || el.tag === 'video') &&
    !opening &&
    (el.onload || el.onerror)
  )
    soon(() => happened(el), 2);
}
function changed(el, key, old) {
  if (el.upgraded_ && el.constructor.observedAttributes?.includes(key))
    attempt(el.attributeChangedCallback, el, [key, old ?? null, el.attrs.get(key)]);
  if (key === 'src' && el.tag === 'img' && phase === 'click' && webLike(el.attrs.get(key))) act('asks', el.attrs.get(key), handsOver(el.attrs.get(key)) ? 'given' : 'image');
  if (
    key === 'src' &&
    el.tag === 'img' &&
    !el.isConnected &&
    (el.onload || el.onerror || EventTarget.heard(el).length || el.attrs.has('onerror'))
  )
    soon(() => happened(el), 2);
  else if (key === 'src' && el.tag === 'img')
    soon(() => {
      if (el.onload || el.onerror || EventTarget.heard(el).length) happened(el);
    }, 2);
  if (!el.isConnected || opening) return;
  if (['src', 'data', 'srcdoc', 'content', 'http-equiv'].includes(key)) {
    if (el.tag === 'script') {
      if (key === 'src' && !el.ran_) script(el);
    } else arrived(el);
  }
}
function framed(address) {
  const here = contents(address);
  if (/^\s*javascript:/i.test(address)) go(address, 'frame');
  else if (here) {
    if (pageLike(here)) page(decoded(here.bytes, 'utf-8'), 'frame');
    else octetsOut(here.bytes, '', 'frame');
  } else if (webLike(address)) act('frame', whole(address));
}
// What a frame that the page brings says to it: its scripts are run here, where parent and top are the page.
function speaks(frame) {
  const held = frame.hasAttribute('srcdoc') ? null : contents(frame.getAttribute('src') ?? '');
  const source = frame.getAttribute('srcdoc') ?? (held && pageLike(held) ? decoded(held.bytes, 'utf-8') : '');
  if (/postMessage/.test(source)) for (const el of documentOf(source).querySelectorAll('script')) evaluated(el.textContent);
}
const pageLike = (data) => /html|svg|xml/.test(data.type) || (!data.type && data.bytes[0] === 60);
const webLike = (address) =>
  /^(?:https?:|file:\/\/[^\/]|[\\\/]{2})/i.test(String(address).trim()) || /^https?:/i.test(whole(address));
function page(source, how) {
  act('page', source, how);
}
function wrote(value) {
  const text = String(value ?? '');
  if (text.indexOf('<') >= 0 || text.length > 40) written += text.length;
}
