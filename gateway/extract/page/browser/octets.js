// Octets: blobs and files, and who reads them.
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
    for (let i = 0; i + 1 < bytes.length; i += 2)
      out.push(String.fromCharCode(/be/i.test(label) ? bytes[i] * 256 + bytes[i + 1] : bytes[i + 1] * 256 + bytes[i]));
    return out.join('');
  }
  const text = latin(bytes);
  if (/^(latin1|iso-8859|windows-125|ascii|us-ascii)/i.test(label)) return text;
  try {
    return percent(escape(text)).replace(/^\ufeff/, '');
  } catch {
    return text;
  }
}
function together(parts) {
  const all = parts.map(octets);
  let size = 0;
  for (const one of all) size += one.length;
  const out = new Octets(size);
  size = 0;
  for (const one of all) {
    out.set(one, size);
    size += one.length;
  }
  return out;
}

class Blob {
  constructor(parts, options) {
    this.type = String(options?.type ?? '').toLowerCase();
    bytesOf.set(this, together([...(parts ?? [])]));
  }
  get size() {
    return octets(this).length;
  }
  slice(from, to, type) {
    return new Blob([octets(this).slice(from, to)], { type });
  }
  text() {
    return Promise.resolve(decoded(octets(this), 'utf-8'));
  }
  arrayBuffer() {
    return Promise.resolve(octets(this).slice().buffer);
  }
  bytes() {
    return Promise.resolve(octets(this).slice());
  }
  stream() {
    return new ReadableStream(octets(this));
  }
}
class File extends Blob {
  constructor(parts, name, options) {
    super(parts, options);
    this.name = String(name);
    this.lastModified = now;
  }
}

class FileReader extends EventTarget {
  #read(blob, how) {
    soon(() => {
      this.readyState = 2;
      this.result = how(octets(blob));
      for (const t of ['load', 'loadend']) fire(this, new Event(t));
    }, 1);
  }
  readAsText(blob, label) {
    this.#read(blob, (b) => decoded(b, label ?? 'utf-8'));
  }
  readAsArrayBuffer(blob) {
    this.#read(blob, (b) => b.slice().buffer);
  }
  readAsBinaryString(blob) {
    this.#read(blob, latin);
  }
  readAsDataURL(blob) {
    this.#read(blob, (b) => `data:${blob.type || 'application/octet-stream'};base64,${b.toBase64()}`);
  }
  abort() {}
}
