// A person's desktop: what scripts ask of a browser to know whom they have before them.
const agent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36';
const nothing = () => {};
const zone = { locale: 'zh-TW', timeZone: 'Asia/Taipei', calendar: 'gregory', numberingSystem: 'latn' };
const navigator = {
  userAgent: agent,
  appVersion: agent.slice(8),
  appName: 'Netscape',
  appCodeName: 'Mozilla',
  product: 'Gecko',
  productSub: '20030107',
  vendor: 'Google Inc.',
  platform: 'Win32',
  language: 'zh-TW',
  languages: ['zh-TW', 'zh', 'ja', 'en-US', 'en'],
  onLine: true,
  cookieEnabled: true,
  doNotTrack: null,
  hardwareConcurrency: 8,
  deviceMemory: 8,
  maxTouchPoints: 0,
  webdriver: false,
  pdfViewerEnabled: true,
  plugins: listed([{ name: 'PDF Viewer' }, { name: 'Chrome PDF Viewer' }, { name: 'Chromium PDF Viewer' }]),
  mimeTypes: listed([{ type: 'application/pdf' }]),
  userAgentData: {
    brands: [{ brand: 'Chromium', version: '141' }],
    mobile: false,
    platform: 'Windows',
    getHighEntropyValues: () => Promise.resolve({ platform: 'Windows', platformVersion: '15.0.0' }),
  },
  clipboard: {
    writeText: (t) => {
      act('copies', t);
      return Promise.resolve();
    },
    write: () => Promise.resolve(),
    readText: () => Promise.resolve(''),
  },
  permissions: { query: () => Promise.resolve({ state: 'prompt', addEventListener: nothing }) },
  sendBeacon: (url, data) => {
    act('asks', url, handsOver(url, data) ? 'given' : 'beacon');
    return true;
  },
  javaEnabled: () => false,
  msSaveBlob: (b, n) => save(b, n, 'saves'),
  msSaveOrOpenBlob: (b, n) => save(b, n, 'saves'),
  getBattery: () => Promise.resolve({ level: 0.87, charging: true, addEventListener: nothing }),
  connection: { effectiveType: '4g', rtt: 50, downlink: 10, addEventListener: nothing },
  storage: {
    getDirectory: () => Promise.resolve({ getFileHandle: (n) => saver(n) }),
    estimate: () => Promise.resolve({ quota: 3e11, usage: 0 }),
    persist: () => Promise.resolve(true),
  },
  serviceWorker: {
    register: (u) => {
      act('asks', u, 'worker');
      return Promise.resolve(tolerant('worker'));
    },
    ready: Promise.resolve(tolerant('worker')),
    addEventListener: nothing,
    controller: null,
    getRegistrations: () => Promise.resolve([]),
  },
  mediaDevices: {
    enumerateDevices: () => Promise.resolve([]),
    getUserMedia: () => Promise.reject(new DOMException('denied', 'NotAllowedError')),
  },
  geolocation: { getCurrentPosition: nothing, watchPosition: nothing },
  share: (what) => {
    for (const file of what?.files ?? []) save(file, file?.name, 'saves');
    return Promise.resolve();
  },
  vibrate: () => true,
  canShare: () => true,
  registerProtocolHandler: nothing,
  locks: { request: async (n, f) => f({}) },
};
const formatter = (text) =>
  class {
    format(v) {
      return text(v);
    }
    formatToParts(v) {
      return [{ type: 'literal', value: text(v) }];
    }
    resolvedOptions() {
      return zone;
    }
    static supportedLocalesOf() {
      return ['zh-TW', 'en'];
    }
    compare(a, b) {
      return a < b ? -1 : a > b ? 1 : 0;
    }
    of(v) {
      return String(v);
    }
    select() {
      return 'other';
    }
    segment(t) {
      return [...t].map((segment, index) => ({ segment, index }));
    }
  };
const Intl = {
  DateTimeFormat: formatter((d) => new Date(d ?? now).toISOString().slice(0, 10)),
  NumberFormat: formatter((n) => String(n)),
  Collator: formatter(String),
  PluralRules: formatter(String),
  RelativeTimeFormat: formatter(String),
  ListFormat: formatter((l) => [...l].join(', ')),
  DisplayNames: formatter(String),
  Segmenter: formatter(String),
  getCanonicalLocales: (l) => [].concat(l),
};
for (const name of ['DateTimeFormat', 'NumberFormat', 'Collator', 'ListFormat']) {
  const Class = Intl[name];
  Intl[name] = function (...a) {
    return new Class(...a);
  };
  Intl[name].supportedLocalesOf = () => ['zh-TW'];
}
const subtle = new Proxy(
  {},
  {
    get: (t, k) =>
      k === 'then' || typeof k === 'symbol'
        ? undefined
        : (...a) => {
            if (/decrypt|unwrap/.test(k)) act('deciphers', 'crypto.' + k);
            return Promise.resolve(
              k === 'digest'
                ? new ArrayBuffer(32)
                : /decrypt|derive.*Bits|exportKey|encrypt|sign/.test(k)
                  ? new ArrayBuffer(a[2] ? Math.min(octets(a[2]).length, HUGE) : 32)
                  : {},
            );
          },
  },
);
const memory = {
  instantiate: (v) => {
    wasm(v);
    return Promise.resolve({ instance: { exports: tolerant('wasm') }, module: {} });
  },
  compile: (v) => {
    wasm(v);
    return Promise.resolve({});
  },
  validate: () => true,
  instantiateStreaming: (r) => memory.instantiate(r),
  compileStreaming: () => Promise.resolve({}),
  Module: function (v) {
    wasm(v);
  },
  Instance: function () {
    this.exports = tolerant('wasm');
  },
  Memory: function () {
    this.buffer = new ArrayBuffer(65536);
  },
  Table: nothing,
  Global: nothing,
};
function wasm(v) {
  try {
    octetsOut(octets(v), '', 'program');
  } catch {
    /* a promise */
  }
}
place = placeOf((v) => go(v, 'leaves'));

function turned() {
  soon(() => fire(windowTarget, new Event('popstate', { state: null })), 1);
}
