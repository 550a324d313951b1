// Workers, ports and storage: scripts beside the page, and what they tell each other.
class Worker extends EventTarget {
  constructor(address) {
    super();
    const data = contents(String(address?.url ?? address)),
      inside = (this.inside_ = new EventTarget()),
      outside = this;
    if (!data) {
      act('asks', address, 'worker');
      return;
    }
    Object.assign(inside, {
      postMessage: (v) => soon(() => fire(outside, new Event('message', { data: v })), 1),
      close() {},
      onmessage: null,
      onconnect: null,
      name: '',
      location: here,
      navigator,
      importScripts: (...all) => {
        for (const a of all) {
          const more = contents(a);
          if (more) evaluated(decoded(more.bytes, 'utf-8'));
          else act('asks', a, 'import');
        }
      },
    });
    inside.self = inside.globalThis = inside;
    inside.ports = [inside];
    inside.start = () => {};
    for (const name of ['addEventListener', 'removeEventListener']) inside[name] = inside[name].bind(inside);
    soon(() => {
      attempt(() => new Function('self', 'with (self) {' + prepared(decoded(data.bytes, 'utf-8')) + '\n}').call(inside, inside));
      fire(inside, new Event('connect', { ports: [inside] }));
    }, 0);
  }
  get port() {
    return this;
  }
  start() {}
  postMessage(v) {
    soon(() => fire(this.inside_, new Event('message', { data: v })), 1);
  }
  terminate() {}
}
class Port extends EventTarget {
  postMessage(v) {
    soon(() => this.other && fire(this.other, new Event('message', { data: v })), 1);
  }
  start() {}
  close() {}
}
class MessageChannel {
  constructor() {
    this.port1 = new Port();
    this.port2 = new Port();
    this.port1.other = this.port2;
    this.port2.other = this.port1;
  }
}
const channels = [];
class BroadcastChannel extends Port {
  constructor(name) {
    super();
    this.name = name;
    channels.push(this);
  }
  postMessage(v) {
    for (const c of channels) if (c !== this && c.name === this.name) soon(() => fire(c, new Event('message', { data: v })), 1);
  }
}
const watching = (record) =>
  class {
    constructor(f) {
      this.f = f;
    }
    observe(target) {
      const all = [
        {
          target,
          isIntersecting: true,
          intersectionRatio: 1,
          type: 'childList',
          addedNodes: target?.kids ?? [],
          removedNodes: [],
          contentRect: {},
          ...record,
        },
      ];
      soon(() => attempt(this.f, this, [all, this]), 2);
    }
    disconnect() {}
    unobserve() {}
    takeRecords() {
      return [];
    }
  };
function storage() {
  const map = new Map(),
    own = {
      getItem: (k) => map.get(String(k)) ?? null,
      setItem: (k, v) => {
        map.set(String(k), String(v));
      },
      removeItem: (k) => {
        map.delete(String(k));
      },
      clear: () => map.clear(),
      key: (n) => [...map.keys()][n] ?? null,
    };
  return new Proxy(own, {
    get: (t, k) => (k === 'length' ? map.size : k in t ? t[k] : map.get(k)),
    set: (t, k, v) => {
      map.set(k, String(v));
      return true;
    },
  });
}
function saver(name) {
  const parts = [];
  return Promise.resolve({
    name,
    kind: 'file',
    createWritable: () =>
      Promise.resolve({
        write: async (v) => {
          parts.push(v?.type === 'write' ? v.data : v);
        },
        seek() {},
        truncate() {},
        close: async () => octetsOut(together(parts), name, 'saves'),
        getWriter() {
          return this;
        },
      }),
    getFile: () => Promise.resolve(new File(parts, name)),
  });
}
