// Octets and addresses: blobs, files, streams, requests. The web answers everything, with nothing in it.
const bytesOf = new WeakMap();
function octets(value) {
  if (value === undefined || value === null) return new Octets(0);
  if (value instanceof Octets) return value;
  if (value instanceof ArrayBuffer) return new Octets(value);
  if (ArrayBuffer.isView(value)) return new Octets(value.buffer, value.byteOffset, value.byteLength);
  if (typeof value === 'object' && bytesOf.has(value)) return bytesOf.get(value);
  return utf8(String(value));
}
function utf8(text) {
  let plain = true;
  for (let i = 0; i < text.length && plain; i++) plain = text.charCodeAt(i) < 128;
  const made = plain ? text : unescape(encodeURIComponent(text.toWellFormed()));
  const out = new Octets(made.length);
  for (let i = 0; i < made.length; i++) out[i] = made.charCodeAt(i);
  return out;
}
function latin(bytes) {
  const out = [];
  for (let i = 0; i < bytes.length; i += 8192) out.push(String.fromCharCode.apply(null, bytes.subarray(i, i + 8192)));
  return apply(join, out, ['']);
}
function decoded(bytes, label) {
  if (/^utf-?16/i.test(label)) {
    const out = [];
    for (let i = 0; i + 1 < bytes.length; i += 2) out.push(String.fromCharCode(/be/i.test(label) ? bytes[i] * 256 + bytes[i + 1] : bytes[i + 1] * 256 + bytes[i]));
    return out.join('');
  }
  const text = latin(bytes);
  if (/^(latin1|iso-8859|windows-125|ascii|us-ascii)/i.test(label)) return text;
  try { return percent(escape(text)).replace(/^\ufeff/, ''); } catch { return text; }
}
function together(parts) {
  const all = parts.map(octets);
  let size = 0;
  for (const one of all) size += one.length;
  const out = new Octets(size);
  size = 0;
  for (const one of all) { out.set(one, size); size += one.length; }
  return out;
}

class Blob {
  constructor(parts, options) {
    this.type = String(options?.type ?? '').toLowerCase();
    bytesOf.set(this, together([...parts ?? []]));
  }
  get size() { return octets(this).length; }
  slice(from, to, type) { return new Blob([octets(this).slice(from, to)], { type }); }
  text() { return Promise.resolve(decoded(octets(this), 'utf-8')); }
  arrayBuffer() { return Promise.resolve(octets(this).slice().buffer); }
  bytes() { return Promise.resolve(octets(this).slice()); }
  stream() { return new ReadableStream(octets(this)); }
}
class File extends Blob { constructor(parts, name, options) { super(parts, options); this.name = String(name); this.lastModified = now; } }

class FileReader extends EventTarget {
  #read(blob, how) {
    soon(() => { this.readyState = 2; this.result = how(octets(blob)); for (const t of ['load', 'loadend']) fire(this, new Event(t)); }, 1);
  }
  readAsText(blob, label) { this.#read(blob, (b) => decoded(b, label ?? 'utf-8')); }
  readAsArrayBuffer(blob) { this.#read(blob, (b) => b.slice().buffer); }
  readAsBinaryString(blob) { this.#read(blob, latin); }
  readAsDataURL(blob) { this.#read(blob, (b) => `data:${blob.type || 'application/octet-stream'};base64,${b.toBase64()}`); }
  abort() {}
}

const SCHEME = /^([a-z][a-z0-9+.-]*):/i;
class URL {
  constructor(url, base) {
    const text = String(url).trim().replace(/[\t\r\n]/g, '');
    const full = SCHEME.test(text) ? text : base !== undefined ? against(text, String(base)) : null;
    if (full === null) throw new TypeError('Invalid URL');
    const p = /^([a-z][a-z0-9+.-]*:)(?:[\/\\]{2,}(?:([^\/\\?#@:]*)(?::([^\/\\?#@]*))?@)?([^\/\\?#:]*)(?::(\d+))?)?([^?#]*)(\?[^#]*)?(#.*)?$/is.exec(full);
    this.protocol = p[1].toLowerCase(); this.username = p[2] ?? ''; this.password = p[3] ?? ''; this.hostname = (p[4] ?? '').toLowerCase();
    this.port = p[5] ?? ''; this.path_ = p[6] || (p[4] ? '/' : ''); this.search = p[7] ?? ''; this.hash = p[8] ?? '';
  }
  get host() { return this.hostname + (this.port ? ':' + this.port : ''); }
  set host(v) { [this.hostname, this.port = ''] = String(v).split(':'); }
  get pathname() { return this.path_; }
  set pathname(v) { this.path_ = String(v).startsWith('/') ? String(v) : '/' + v; }
  get origin() { return this.hostname ? this.protocol + '//' + this.host : 'null'; }
  get searchParams() { return (this.params_ ??= new URLSearchParams(this.search)); }
  get href() {
    const search = this.params_ ? (this.params_.size ? '?' + this.params_ : '') : this.search && !this.search.startsWith('?') ? '?' + this.search : this.search;
    const user = this.username ? this.username + (this.password ? ':' + this.password : '') + '@' : '';
    const hash = this.hash && !this.hash.startsWith('#') ? '#' + this.hash : this.hash;
    return this.protocol.replace(/:?$/, ':') + (this.hostname || this.protocol === 'file:' ? '//' + user + this.host : '') + this.path_ + search + hash;
  }
  set href(v) { Object.assign(this, new URL(v)); }
  toString() { return this.href; }
  toJSON() { return this.href; }
  static canParse(url, base) { try { return !!new URL(url, base); } catch { return false; } }
  static parse(url, base) { try { return new URL(url, base); } catch { return null; } }
  static createObjectURL(blob) {
    const name = `blob:null/5f0e1c2a-77aa-4c1d-9b52-${String(blobs.size + 1).padStart(12, '0')}`;
    if (blob && typeof blob === 'object') blobs.set(name, blob);
    return name;
  }
  static revokeObjectURL() {}
}
const blobs = new Map(), used = new Set();
function against(text, base) {
  const b = new URL(base);
  if (/^[\/\\]{2}/.test(text)) return b.protocol + text;
  const root = b.protocol + '//' + b.host;
  if (/^[\/\\]/.test(text)) return root + text;
  if (text === '') return b.href.split('#')[0];
  if (text[0] === '#') return b.href.split('#')[0] + text;
  if (text[0] === '?') return root + b.pathname + text;
  return root + b.pathname.replace(/[^\/]*$/, '') + text.replace(/^(\.?\.\/)+/, '');
}
class URLSearchParams {
  constructor(init) {
    this.list = typeof init === 'string' ? init.replace(/^\?/, '').split('&').filter(Boolean).map((p) => p.split(/=(.*)/s).slice(0, 2).map((v) => softly(v.replace(/\+/g, ' '))))
      : init?.[Symbol.iterator] ? [...init].map((p) => [...p]) : Object.entries(init ?? {});
  }
  get size() { return this.list.length; }
  get(k) { return this.list.find((p) => p[0] === k)?.[1] ?? null; }
  getAll(k) { return this.list.filter((p) => p[0] === k).map((p) => p[1]); }
  has(k) { return this.list.some((p) => p[0] === k); }
  set(k, v) { this.delete(k); this.append(k, v); }
  append(k, v) { this.list.push([String(k), String(v)]); }
  delete(k) { this.list = this.list.filter((p) => p[0] !== k); }
  forEach(f) { for (const [k, v] of this.list) f(v, k, this); }
  keys() { return this.list.map((p) => p[0]).values(); }
  values() { return this.list.map((p) => p[1]).values(); }
  entries() { return this.list.values(); }
  [Symbol.iterator]() { return this.list.values(); }
  toString() { return this.list.map((p) => p.map(encodeURIComponent).join('=')).join('&'); }
}
function softly(text) { try { return percent(text); } catch { return text; } }
// The type and octets of a data: address (RFC 2397), or of a blob's.
function contents(address) {
  const blob = blobs.get(address.split('#')[0]);
  if (blob) { used.add(address); return blob instanceof Blob ? { type: blob.type, bytes: octets(blob) } : null; }
  const p = /^data:([^,]*),(.*)$/is.exec(address);
  if (!p) return null;
  const text = softly(p[2].replace(/[\t\r\n]/g, ''));
  let bytes;
  if (/;\s*base64\s*$/i.test(p[1])) { try { bytes = Octets.fromBase64(text.replace(/-/g, '+').replace(/_/g, '/'), { lastChunkHandling: 'loose' }); } catch { bytes = new Octets(0); } }
  else bytes = utf8(text);
  return { type: (p[1].split(';')[0] || 'text/plain').toLowerCase(), bytes };
}

class TextDecoder { constructor(label = 'utf-8') { this.encoding = String(label).toLowerCase(); } decode(data) { return decoded(octets(data ?? new Octets(0)), this.encoding); } }
class TextEncoder { get encoding() { return 'utf-8'; } encode(text = '') { return utf8(String(text)); } encodeInto(text, into) { const b = utf8(text); into.set(b.subarray(0, into.length)); return { read: text.length, written: b.length }; } }

class ReadableStream {
  constructor(source) {
    const parts = [], control = { enqueue: (c) => parts.push(c), close() {}, error() {}, desiredSize: 1 };
    if (ArrayBuffer.isView(source)) parts.push(source);
    else if (source) {
      attempt(source.start, source, [control]);
      for (let n = 0; source.pull && n < 50; n++) { const before = parts.length; attempt(source.pull, source, [control]); if (parts.length === before) break; }
    }
    this.parts = parts;
  }
  getReader() { const rest = this.parts; return { read: () => Promise.resolve(rest.length ? { value: rest.shift(), done: false } : { value: undefined, done: true }), releaseLock() {}, cancel() {}, closed: Promise.resolve() }; }
  pipeThrough(way) {
    if (way instanceof DecompressionStream) return new ReadableStream(inflated(together(this.parts), way.format));
    const writer = way?.writable?.getWriter?.();
    for (const p of this.parts) writer?.write(p);
    writer?.close?.();
    return way?.readable ?? this;
  }
  async pipeTo(to) { const w = to.getWriter(); for (const p of this.parts) await w.write(p); await w.close(); }
  tee() { return [new ReadableStream(together(this.parts)), new ReadableStream(together(this.parts))]; }
  cancel() {}
  async *[Symbol.asyncIterator]() { yield* this.parts; }
  static from(parts) { const made = new ReadableStream(); made.parts = [...parts]; return made; }
}
class WritableStream { constructor(sink) { this.sink = sink ?? {}; } getWriter() { const s = this.sink; return { write: async (c) => s.write?.(c), close: async () => s.close?.(), releaseLock() {}, ready: Promise.resolve(), closed: Promise.resolve() }; } }
class TransformStream {
  constructor(way) {
    this.readable = new ReadableStream();
    const control = { enqueue: (c) => this.readable.parts.push(c), terminate() {}, error() {} };
    this.writable = new WritableStream({ write: (c) => way?.transform ? way.transform(c, control) : control.enqueue(c), close: () => way?.flush?.(control) });
  }
}
class DecompressionStream {
  constructor(format) {
    this.format = String(format);
    const parts = [];
    this.writable = new WritableStream({ write: (c) => { parts.push(c); }, close: () => { this.readable.parts.push(inflated(together(parts), this.format)); } });
    this.readable = new ReadableStream();
  }
}
class CompressionStream extends TransformStream {}

// RFC 1951, within its wrapper: gzip (RFC 1952), zlib (RFC 1950) or none.
function inflated(data, format) {
  let at = format === 'deflate' ? 2 : 0, bit = 0, hold = 0;
  if (format === 'gzip') {
    const flags = data[3];
    at = 10;
    if (flags & 4) at += 2 + data[10] + data[11] * 256;
    for (const one of [8, 16]) if (flags & one) { while (at < data.length && data[at]) at++; at++; }
    if (flags & 2) at += 2;
  }
  let out = new Octets(Math.max(1024, data.length * 4)), size = 0;
  const room = (n) => { if (size + n > 8 << 20) throw new RangeError('too long'); if (size + n > out.length) { const more = new Octets(Math.max(out.length * 2, size + n)); more.set(out.subarray(0, size)); out = more; } };
  const bits = (n) => { while (bit < n) { if (at >= data.length) throw new RangeError('cut'); hold |= data[at++] << bit; bit += 8; } const v = hold & ((1 << n) - 1); hold >>>= n; bit -= n; return v; };
  const table = (lengths) => { const counts = new Array(16).fill(0), symbols = []; for (const l of lengths) counts[l]++; counts[0] = 0; for (let l = 1; l < 16; l++) lengths.forEach((x, s) => { if (x === l) symbols.push(s); }); return { counts, symbols }; };
  const symbol = (t) => { let code = 0, first = 0, index = 0; for (let l = 1; l < 16; l++) { code |= bits(1); const n = t.counts[l]; if (code - n < first) return t.symbols[index + code - first]; index += n; first = (first + n) << 1; code <<= 1; } throw new RangeError('code'); };
  const LB = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258], LE = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
  const DB = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
  try {
    for (let last = 0; !last;) {
      last = bits(1);
      const kind = bits(2);
      if (kind === 0) { hold = bit = 0; const n = data[at] + data[at + 1] * 256; at += 4; room(n); out.set(data.subarray(at, at + n), size); at += n; size += n; continue; }
      let lits, dists;
      if (kind === 1) { const l = []; for (let i = 0; i < 288; i++) l.push(i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8); lits = table(l); dists = table(new Array(30).fill(5)); } else {
        const nl = bits(5) + 257, nd = bits(5) + 1, nc = bits(4) + 4, l = new Array(19).fill(0), all = [];
        for (let i = 0; i < nc; i++) l[[16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15][i]] = bits(3);
        const codes = table(l);
        while (all.length < nl + nd) { const s = symbol(codes); if (s < 16) all.push(s); else { const [v, n] = s === 16 ? [all.at(-1), bits(2) + 3] : [0, s === 17 ? bits(3) + 3 : bits(7) + 11]; for (let i = 0; i < n; i++) all.push(v); } }
        lits = table(all.slice(0, nl)); dists = table(all.slice(nl));
      }
      for (;;) {
        const s = symbol(lits);
        if (s === 256) break;
        if (s < 256) { room(1); out[size++] = s; continue; }
        const n = LB[s - 257] + bits(LE[s - 257]), d = symbol(dists), far = DB[d] + bits(d < 2 ? 0 : (d >> 1) - 1);
        room(n);
        for (let i = 0; i < n; i++, size++) out[size] = out[size - far];
      }
    }
  } catch { /* what there is */ }
  return out.slice(0, size);
}

class Headers { constructor(init) { this.map = new Map(Object.entries(init ?? {})); } get(k) { return this.map.get(k) ?? null; } set(k, v) { this.map.set(k, v); } append(k, v) { this.map.set(k, v); } has(k) { return this.map.has(k); } forEach() {} entries() { return this.map.entries(); } }
class Response {
  constructor(body, init) {
    this.status = init?.status ?? 200; this.ok = true; this.statusText = 'OK'; this.url = ''; this.headers = new Headers(init?.headers); this.type = 'basic';
    const parts = body instanceof ReadableStream ? body.parts : [body];
    bytesOf.set(this, together(parts));
    this.kind_ = init?.kind_ ?? body?.type ?? '';
    Promise.resolve().then(() => bytesOf.set(this, together(parts)));
  }
  async #all() { await null; await null; return octets(this); }
  get body() { return new ReadableStream(octets(this)); }
  async text() { return decoded(await this.#all(), 'utf-8'); }
  async json() { const text = await this.text(); return text ? JSON.parse(text) : tolerant('answer'); }
  async arrayBuffer() { return (await this.#all()).slice().buffer; }
  async bytes() { return (await this.#all()).slice(); }
  async blob() { return new Blob([await this.#all()], { type: this.kind_ }); }
  async formData() { return new FormData(); }
  clone() { return new Response(octets(this)); }
}
class Request { constructor(url, init) { Object.assign(this, init); this.url = String(url?.url ?? url); } }
function fetched(url, how) {
  const address = String(url?.url ?? url), here = contents(address);
  if (!here) act('asks', address, how);
  return here;
}
function fetch(url) { const here = fetched(url, 'fetch'); return Promise.resolve(new Response(here?.bytes ?? '', { kind_: here?.type })); }
class XMLHttpRequest extends EventTarget {
  constructor() { super(); this.readyState = 0; this.status = 0; this.responseText = ''; this.response = ''; this.upload = new EventTarget(); }
  open(method, url) { this.url = url; this.readyState = 1; }
  send() {
    const here = fetched(this.url, 'request'), bytes = here?.bytes ?? new Octets(0);
    soon(() => {
      this.readyState = 4; this.status = 200; this.responseText = decoded(bytes, 'utf-8');
      this.response = this.responseType === 'arraybuffer' ? bytes.slice().buffer : this.responseType === 'blob' ? new Blob([bytes], { type: here?.type }) : this.responseType === 'json' ? tolerant('answer') : this.responseText;
      for (const t of ['readystatechange', 'load', 'loadend']) fire(this, new Event(t));
    }, 5);
  }
  setRequestHeader() {}
  overrideMimeType() {}
  getResponseHeader() { return null; }
  getAllResponseHeaders() { return ''; }
  abort() {}
}
class Socket extends EventTarget {
  constructor(url) {
    super();
    act('asks', url, 'socket');
    this.readyState = 1;
    soon(() => { fire(this, new Event('open')); fire(this, new Event('message', { data: '' })); }, 5);
  }
  send() {}
  close() {}
}
class FormData { constructor(form) { this.list = []; if (form?.elements) for (const e of form.elements) this.list.push([e.name, e.value]); } append(k, v) { this.list.push([k, v]); } set(k, v) { this.append(k, v); } get(k) { return this.list.find((p) => p[0] === k)?.[1] ?? null; } has(k) { return this.get(k) !== null; } entries() { return this.list.values(); } [Symbol.iterator]() { return this.list.values(); } }
