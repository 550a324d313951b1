// Requests. The web answers everything, with nothing in it.
class Headers extends Pairs {
  constructor(init) {
    super();
    for (const [k, v] of init?.[Symbol.iterator] ? init : Object.entries(init ?? {})) this.append(k, v);
  }
  name(k) {
    return String(k).toLowerCase();
  }
}
class Response {
  constructor(body, init) {
    this.status = init?.status ?? 200;
    this.web_ = init?.web_ ?? false;
    this.ok = true;
    this.statusText = 'OK';
    this.url = '';
    this.headers = new Headers(init?.headers);
    this.type = 'basic';
    const parts = body instanceof ReadableStream ? body.parts : [body];
    bytesOf.set(this, together(parts));
    this.kind_ = init?.kind_ ?? body?.type ?? '';
    Promise.resolve().then(() => bytesOf.set(this, together(parts)));
  }
  async #all() {
    await null;
    await null;
    return octets(this);
  }
  get body() {
    return new ReadableStream(octets(this));
  }
  async text() {
    const text = decoded(await this.#all(), 'utf-8');
    return this.web_ && !text ? ANSWER : text;
  }
  async json() {
    const text = await this.text();
    return text && text !== ANSWER ? JSON.parse(text) : tolerant('answer');
  }
  async arrayBuffer() {
    return (await this.#all()).slice().buffer;
  }
  async bytes() {
    return (await this.#all()).slice();
  }
  async blob() {
    return new Blob([await this.#all()], { type: this.kind_ });
  }
  async formData() {
    return new FormData();
  }
  clone() {
    return new Response(octets(this));
  }
}
class Request {
  constructor(url, init) {
    Object.assign(this, init);
    this.url = String(url?.url ?? url);
  }
}
function fetched(url, how, sent) {
  const address = String(url?.url ?? url),
    here = contents(address);
  if (!here) act('asks', address, handsOver(address, url, sent) ? 'given' : how);
  return here;
}
function fetch(url, settings) {
  const here = fetched(url, 'fetch', settings);
  return Promise.resolve(new Response(here?.bytes ?? '', { kind_: here?.type, web_: !here }));
}
class XMLHttpRequest extends EventTarget {
  constructor() {
    super();
    this.readyState = 0;
    this.status = 0;
    this.responseText = '';
    this.response = '';
    this.upload = new EventTarget();
  }
  open(method, url) {
    this.url = url;
    this.readyState = 1;
  }
  send(body) {
    const here = fetched(this.url, 'request', body),
      bytes = here?.bytes ?? new Octets(0);
    soon(() => {
      this.readyState = 4;
      this.status = 200;
      this.responseText = here ? decoded(bytes, 'utf-8') : ANSWER;
      this.response =
        this.responseType === 'arraybuffer'
          ? bytes.slice().buffer
          : this.responseType === 'blob'
            ? new Blob([bytes], { type: here?.type })
            : this.responseType === 'json'
              ? tolerant('answer')
              : this.responseText;
      for (const t of ['readystatechange', 'load', 'loadend']) fire(this, new Event(t));
    }, 5);
  }
  setRequestHeader() {}
  overrideMimeType() {}
  getResponseHeader() {
    return null;
  }
  getAllResponseHeaders() {
    return '';
  }
  abort() {}
}
class Socket extends EventTarget {
  constructor(url) {
    super();
    act('asks', url, 'socket');
    this.url = String(url);
    this.readyState = 1;
    soon(() => {
      fire(this, new Event('open'));
      fire(this, new Event('message', { data: ANSWER }));
    }, 5);
  }
  send(data) {
    if (handsOver(data)) act('asks', this.url, 'given');
  }
  close() {}
}
// A peer is a socket to whoever helps to find it.
class Peer extends EventTarget {
  constructor(settings) {
    super();
    this.helper_ = JSON.stringify(settings?.iceServers ?? '').match(/(?:stun|turns?):([^"?]+)/)?.[1];
  }
  createDataChannel() {
    return new Socket('wss://' + (this.helper_ ?? 'peer.invalid'));
  }
  createOffer() {
    return Promise.resolve({ type: 'offer', sdp: '' });
  }
  createAnswer() {
    return this.createOffer();
  }
  setLocalDescription() {
    return Promise.resolve();
  }
  setRemoteDescription() {
    return Promise.resolve();
  }
  addIceCandidate() {
    return Promise.resolve();
  }
  close() {}
}
class FormData extends Pairs {
  constructor(form) {
    super();
    if (form?.elements) for (const e of form.elements) this.list.push([e.name, e.value]);
    if (form instanceof Element) fire(form, new Event('formdata', { formData: this }));
  }
}
