// Elements by selectors (Selectors Level 4).
const kept = new Map();
function selecting(selector) {
  selector = String(selector);
  let fits = kept.get(selector);
  if (!fits) {
    const ways = selector.split(/,(?![^(\[]*[)\]])/).map(chain);
    fits = (el) => el.nodeType === 1 && ways.some((way) => way(el));
    if (kept.size < 1000) kept.set(selector, fits);
  }
  return fits;
}
function chain(one) {
  const parts = one.trim().match(/\s*[>+~]\s*|\s+|(?:\[[^\]]*\]|:[\w-]+\([^)]*\)|[^\s>+~\[:]+|:+[\w-]+)+/g) ?? [];
  const steps = parts.map((p) => (/^\s*[>+~]?\s*$/.test(p) ? p.trim() || ' ' : simple(p)));
  const at = (el, i) => {
    if (!el || el.nodeType !== 1 || typeof steps[i] !== 'function' || !steps[i](el)) return false;
    if (i === 0) return true;
    const how = steps[i - 1];
    if (how === '>') return at(el.parentNode, i - 2);
    if (how === '+') return at(el.previousElementSibling, i - 2);
    if (how === '~') {
      for (let b = el.previousElementSibling; b; b = b.previousElementSibling) if (at(b, i - 2)) return true;
      return false;
    }
    for (let up = el.parentNode; up; up = up.parentNode) if (at(up, i - 2)) return true;
    return false;
  };
  return (el) => steps.length > 0 && at(el, steps.length - 1);
}
const PART = new RegExp(
  [
    /\[\s*([\w:-]+)\s*(?:([~|^$*]?=)\s*(?:"([^"]*)"|'([^']*)'|([^\s\]]*))\s*[is]?\s*)?\]/,
    /:{1,2}([\w-]+)(?:\(([^)]*)\))?/,
    /([#.]?)((?:\\.|[\w*$|\u0080-\uffff-])+)/,
  ]
    .map((part) => part.source)
    .join('|'),
  'g',
);
function simple(part) {
  const tests = [];
  for (const [, key, op, a, b, c, pseudo, arg, mark, word] of part.matchAll(PART)) {
    const name = word?.replace(/\\/g, '');
    if (key) tests.push(valued(key, op, a ?? b ?? c ?? ''));
    else if (pseudo) tests.push(placed(pseudo, arg));
    else if (mark === '#') tests.push((el) => el.attrs.get('id') === name);
    else if (mark === '.') tests.push((el) => (el.attrs.get('class') ?? '').split(/\s+/).includes(name));
    else if (name !== '*') tests.push((el) => el.tag === name.toLowerCase());
  }
  return (el) => tests.every((t) => t(el));
}
function valued(key, op, wanted) {
  const check =
    {
      '=': (v) => v === wanted,
      '^=': (v) => v.startsWith(wanted),
      '$=': (v) => v.endsWith(wanted),
      '*=': (v) => v.includes(wanted),
      '~=': (v) => v.split(/\s+/).includes(wanted),
      '|=': (v) => v === wanted || v.startsWith(wanted + '-'),
    }[op] ?? (() => true);
  return (el) => {
    const v = el.attrs.get(key.toLowerCase());
    return v !== undefined && check(v);
  };
}
function placed(pseudo, arg) {
  const index = (el) => (el.parentNode ? el.parentNode.children.indexOf(el) + 1 : 1);
  if (pseudo === 'not') {
    const inner = selecting(arg);
    return (el) => !inner(el);
  }
  if (pseudo === 'first-child') return (el) => index(el) === 1;
  if (pseudo === 'last-child') return (el) => el.nextElementSibling === null;
  if (pseudo === 'nth-child' && /^\d+$/.test(arg)) return (el) => index(el) === +arg;
  if (pseudo === 'checked') return (el) => el.attrs.has('checked') || el.checked === true;
  return () => true;
}
