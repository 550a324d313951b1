// Addresses (URL Living Standard), and what lies at those of data and blobs.
// Scheme, user, password, host, port, path, query, fragment.
const ADDRESS = new RegExp(
  [
    /^([a-z][a-z0-9+.-]*:)/,
    /(?:[\/\\]{2,}(?:([^\/\\?#@:]*)(?::([^\/\\?#@]*))?@)?([^\/\\?#:]*)(?::(\d+))?)?/,
    /([^?#]*)(\?[^#]*)?(#.*)?$/,
  ]
    .map((part) => part.source)
    .join(''),
  'is',
);
const SCHEME = /^([a-z][a-z0-9+.-]*):/i;
class URL {
  constructor(url, base) {
    const text = String(url)
      .trim()
      .replace(/[\t\r\n]/g, '');
    const full = SCHEME.test(text) ? text : base !== undefined ? against(text, String(base)) : null;
    if (full === null) throw new TypeError('Invalid URL');
    const p = ADDRESS.exec(full);
    this.protocol = p[1].toLowerCase();
    this.username = p[2] ?? '';
    this.password = p[3] ?? '';
    this.hostname = (p[4] ?? '').toLowerCase();
    this.port = p[5] ?? '';
    this.path_ = p[6] || (p[4] ? '/' : '');
    this.search = p[7] ?? '';
    this.hash = p[8] ?? '';
  }
  get host() {
    return this.hostname + (this.port ? ':' + this.port : '');
  }
  set host(v) {
    [this.hostname, this.port = ''] = String(v).split(':');
  }
  get pathname() {
    return this.path_;
  }
  set pathname(v) {
    this.path_ = String(v).startsWith('/') ? String(v) : '/' + v;
  }
  get origin() {
    return this.hostname ? this.protocol + '//' + this.host : 'null';
  }
  get searchParams() {
    return (this.params_ ??= new URLSearchParams(this.search));
  }
  get href() {
    const search = this.params_
      ? this.params_.size
        ? '?' + this.params_
        : ''
      : this.search && !this.search.startsWith('?')
        ? '?' + this.search
        : this.search;
    const user = this.username ? this.username + (this.password ? ':' + this.password : '') + '@' : '';
    const hash = this.hash && !this.hash.startsWith('#') ? '#' + this.hash : this.hash;
    return (
      this.protocol.replace(/:?$/, ':') +
      (this.hostname || this.protocol === 'file:' ? '//' + user + this.host : '') +
      this.path_ +
      search +
      hash
    );
  }
  set href(v) {
    Object.assign(this, new URL(v));
  }
  toString() {
    return this.href;
  }
  toJSON() {
    return this.href;
  }
  static canParse(url, base) {
    try {
      return !!new URL(url, base);
    } catch {
      return false;
    }
  }
  static parse(url, base) {
    try {
      return new URL(url, base);
    } catch {
      return null;
    }
  }
  static createObjectURL(blob) {
    const name = `blob:null/5f0e1c2a-77aa-4c1d-9b52-${String(blobs.size + 1).padStart(12, '0')}`;
    if (blob && typeof blob === 'object') blobs.set(name, blob);
    return name;
  }
  static revokeObjectURL() {}
}
const blobs = new Map(),
  used = new Set();
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
// Names with values, each as often as it was given: what an address asks, a form sends, and an answer has above it.
class Pairs {
  list = [];
  name(k) {
    return String(k);
  }
  get(k) {
    return this.getAll(k)[0] ?? null;
  }
  getAll(k) {
    const name = this.name(k);
    return this.list.filter((p) => p[0] === name).map((p) => p[1]);
  }
  has(k) {
    return this.getAll(k).length > 0;
  }
  set(k, v) {
    this.delete(k);
    this.append(k, v);
  }
  append(k, v) {
    this.list.push([this.name(k), v]);
  }
  delete(k) {
    const name = this.name(k);
    this.list = this.list.filter((p) => p[0] !== name);
  }
  forEach(f) {
    for (const [k, v] of this.list) f(v, k, this);
  }
  keys() {
    return this.list.map((p) => p[0]).values();
  }
  values() {
    return this.list.map((p) => p[1]).values();
  }
  entries() {
    return this.list.values();
  }
  [Symbol.iterator]() {
    return this.list.values();
  }
}
class URLSearchParams extends Pairs {
  constructor(init) {
    super();
    this.list =
      typeof init === 'string'
        ? init
            .replace(/^\?/, '')
            .split('&')
            .filter(Boolean)
            .map((p) =>
              p
                .split(/=(.*)/s)
                .slice(0, 2)
                .map((v) => softly(v.replace(/\+/g, ' '))),
            )
        : init?.[Symbol.iterator]
          ? [...init].map((p) => [...p])
          : Object.entries(init ?? {});
  }
  get size() {
    return this.list.length;
  }
  append(k, v) {
    super.append(k, String(v));
  }
  toString() {
    return this.list.map((p) => p.map(encodeURIComponent).join('=')).join('&');
  }
}
function softly(text) {
  try {
    return percent(text);
  } catch {
    return text;
  }
}
// The type and octets of a data: address (RFC 2397), or of a blob's.
function contents(address) {
  const blob = blobs.get(address.split('#')[0]);
  if (blob) {
    used.add(address);
    return blob instanceof Blob ? { type: blob.type, bytes: octets(blob) } : null;
  }
  const p = /^data:([^,]*),(.*)$/is.exec(address);
  if (!p) return null;
  const text = softly(p[2].replace(/[\t\r\n]/g, ''));
  let bytes;
  if (/;\s*base64\s*$/i.test(p[1])) {
    try {
      bytes = Octets.fromBase64(text.replace(/-/g, '+').replace(/_/g, '/'), { lastChunkHandling: 'loose' });
    } catch {
      bytes = new Octets(0);
    }
  } else bytes = utf8(text);
  return { type: (p[1].split(';')[0] || 'text/plain').toLowerCase(), bytes };
}
