// Text and streams of octets, unpacked where they are packed.
class TextDecoder {
  constructor(label = 'utf-8') {
    this.encoding = String(label).toLowerCase();
  }
  decode(data) {
    return decoded(octets(data ?? new Octets(0)), this.encoding);
  }
}
class TextEncoder {
  get encoding() {
    return 'utf-8';
  }
  encode(text = '') {
    return utf8(String(text));
  }
  encodeInto(text, into) {
    const b = utf8(text);
    into.set(b.subarray(0, into.length));
    return { read: text.length, written: b.length };
  }
}

class ReadableStream {
  constructor(source) {
    const parts = [],
      control = { enqueue: (c) => parts.push(c), close() {}, error() {}, desiredSize: 1 };
    if (ArrayBuffer.isView(source)) parts.push(source);
    else if (source) {
      attempt(source.start, source, [control]);
      for (let n = 0; source.pull && n < 50; n++) {
        const before = parts.length;
        attempt(source.pull, source, [control]);
        if (parts.length === before) break;
      }
    }
    this.parts = parts;
  }
  getReader() {
    const rest = this.parts;
    return {
      read: () => Promise.resolve(rest.length ? { value: rest.shift(), done: false } : { value: undefined, done: true }),
      releaseLock() {},
      cancel() {},
      closed: Promise.resolve(),
    };
  }
  pipeThrough(way) {
    if (way instanceof DecompressionStream) return new ReadableStream(inflated(together(this.parts), way.format));
    const writer = way?.writable?.getWriter?.();
    for (const p of this.parts) writer?.write(p);
    writer?.close?.();
    return way?.readable ?? this;
  }
  async pipeTo(to) {
    const w = to.getWriter();
    for (const p of this.parts) await w.write(p);
    await w.close();
  }
  tee() {
    return [new ReadableStream(together(this.parts)), new ReadableStream(together(this.parts))];
  }
  cancel() {}
  async *[Symbol.asyncIterator]() {
    yield* this.parts;
  }
  static from(parts) {
    const made = new ReadableStream();
    made.parts = [...parts];
    return made;
  }
}
class WritableStream {
  constructor(sink) {
    this.sink = sink ?? {};
  }
  getWriter() {
    const s = this.sink;
    return {
      write: async (c) => s.write?.(c),
      close: async () => s.close?.(),
      releaseLock() {},
      ready: Promise.resolve(),
      closed: Promise.resolve(),
    };
  }
}
class TransformStream {
  constructor(way) {
    this.readable = new ReadableStream();
    const control = { enqueue: (c) => this.readable.parts.push(c), terminate() {}, error() {} };
    this.writable = new WritableStream({
      write: (c) => (way?.transform ? way.transform(c, control) : control.enqueue(c)),
      close: () => way?.flush?.(control),
    });
  }
}
class DecompressionStream {
  constructor(format) {
    this.format = String(format);
    const parts = [];
    this.writable = new WritableStream({
      write: (c) => {
        parts.push(c);
      },
      close: () => {
        this.readable.parts.push(inflated(together(parts), this.format));
      },
    });
    this.readable = new ReadableStream();
  }
}
class CompressionStream extends TransformStream {}

// RFC 1951, within its wrapper: gzip (RFC 1952), zlib (RFC 1950) or none.
function inflated(data, format) {
  let at = format === 'deflate' ? 2 : 0,
    bit = 0,
    hold = 0;
  if (format === 'gzip') {
    const flags = data[3];
    at = 10;
    if (flags & 4) at += 2 + data[10] + data[11] * 256;
    for (const one of [8, 16])
      if (flags & one) {
        while (at < data.length && data[at]) at++;
        at++;
      }
    if (flags & 2) at += 2;
  }
  let out = new Octets(Math.max(1024, data.length * 4)),
    size = 0;
  const room = (n) => {
    if (size + n > 8 << 20) throw new RangeError('too long');
    if (size + n > out.length) {
      const more = new Octets(Math.max(out.length * 2, size + n));
      more.set(out.subarray(0, size));
      out = more;
    }
  };
  const bits = (n) => {
    while (bit < n) {
      if (at >= data.length) throw new RangeError('cut');
      hold |= data[at++] << bit;
      bit += 8;
    }
    const v = hold & ((1 << n) - 1);
    hold >>>= n;
    bit -= n;
    return v;
  };
  const table = (lengths) => {
    const counts = new Array(16).fill(0),
      symbols = [];
    for (const l of lengths) counts[l]++;
    counts[0] = 0;
    for (let l = 1; l < 16; l++)
      lengths.forEach((x, s) => {
        if (x === l) symbols.push(s);
      });
    return { counts, symbols };
  };
  const symbol = (t) => {
    let code = 0,
      first = 0,
      index = 0;
    for (let l = 1; l < 16; l++) {
      code |= bits(1);
      const n = t.counts[l];
      if (code - n < first) return t.symbols[index + code - first];
      index += n;
      first = (first + n) << 1;
      code <<= 1;
    }
    throw new RangeError('code');
  };
  const LB = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258],
    LE = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
  const DB = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193,
    12289, 16385, 24577,
  ];
  try {
    for (let last = 0; !last;) {
      last = bits(1);
      const kind = bits(2);
      if (kind === 0) {
        hold = bit = 0;
        const n = data[at] + data[at + 1] * 256;
        at += 4;
        room(n);
        out.set(data.subarray(at, at + n), size);
        at += n;
        size += n;
        continue;
      }
      let lits, dists;
      if (kind === 1) {
        const l = [];
        for (let i = 0; i < 288; i++) l.push(i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8);
        lits = table(l);
        dists = table(new Array(30).fill(5));
      } else {
        const nl = bits(5) + 257,
          nd = bits(5) + 1,
          nc = bits(4) + 4,
          l = new Array(19).fill(0),
          all = [];
        for (let i = 0; i < nc; i++) l[[16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15][i]] = bits(3);
        const codes = table(l);
        while (all.length < nl + nd) {
          const s = symbol(codes);
          if (s < 16) all.push(s);
          else {
            const [v, n] = s === 16 ? [all.at(-1), bits(2) + 3] : [0, s === 17 ? bits(3) + 3 : bits(7) + 11];
            for (let i = 0; i < n; i++) all.push(v);
          }
        }
        lits = table(all.slice(0, nl));
        dists = table(all.slice(nl));
      }
      for (;;) {
        const s = symbol(lits);
        if (s === 256) break;
        if (s < 256) {
          room(1);
          out[size++] = s;
          continue;
        }
        const n = LB[s - 257] + bits(LE[s - 257]),
          d = symbol(dists),
          far = DB[d] + bits(d < 2 ? 0 : (d >> 1) - 1);
        room(n);
        for (let i = 0; i < n; i++, size++) out[size] = out[size - far];
      }
    }
  } catch {
    /* what there is */
  }
  return out.slice(0, size);
}
