// Reading and writing of markup, as browsers do it (HTML Living Standard, 13.2).
const VOID = new Set('area base br col embed hr img input link meta param source track wbr'.split(' '));
const RAW = new Set('script style title textarea xmp iframe noembed noframes noscript'.split(' '));
const HEAD = new Set('title meta link style script base'.split(' '));
const NAMED = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\xa0',
  copy: '\xa9',
  Tab: '\t',
  NewLine: '\n',
  colon: ':',
  sol: '/',
  lpar: '(',
  rpar: ')',
  period: '.',
  comma: ',',
  semi: ';',
  equals: '=',
  quest: '?',
  num: '#',
  bsol: '\\',
  lsqb: '[',
  rsqb: ']',
  lbrack: '[',
  rbrack: ']',
  lcub: '{',
  rcub: '}',
  lowbar: '_',
  hyphen: '\u2010',
  dash: '\u2010',
  excl: '!',
  plus: '+',
  ast: '*',
  percnt: '%',
  dollar: '$',
  commat: '@',
  grave: '`',
  vert: '|',
  verbar: '|',
  zwj: '\u200d',
  zwnj: '\u200c',
  shy: '\xad',
  ensp: '\u2002',
  emsp: '\u2003',
  thinsp: '\u2009',
};
let made = 0;

function unescaped(text) {
  return text.indexOf('&') < 0
    ? text
    : text.replace(/&(?:#(\d{1,7});?|#[xX]([0-9a-fA-F]{1,6});?|([A-Za-z]{2,10});?)/g, (all, ten, hex, name) => {
        const code = ten ? +ten : hex ? parseInt(hex, 16) : -1;
        return code >= 0 ? (code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd') : (NAMED[name] ?? all);
      });
}
const escaped = (text) => String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

function markup(node) {
  if (node.nodeType === 3) return RAW.has(node.parentNode?.tag) ? node.data : escaped(node.data);
  if (node.nodeType === 8) return '<!--' + node.data + '-->';
  let open = '<' + node.tag;
  for (const [k, v] of node.attrs ?? []) open += ' ' + k + '="' + String(v).replace(/&/g, '&amp;').replace(/"/g, '&quot;') + '"';
  return VOID.has(node.tag) ? open + '>' : open + '>' + node.kids.map(markup).join('') + '</' + node.tag + '>';
}

const OPEN = /([A-Za-z][^\s\/>]*)/y,
  ATTR = /[\s\/]*([^\s\/>=][^\s\/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?/y;
// Nodes of a piece of markup. `inert`: its scripts never run, as those of innerHTML do not.
function parsed(source, inert) {
  const root = new Fragment(),
    open = [root];
  let at = 0;
  while (at < source.length && made < MOST) {
    const top = open[open.length - 1],
      lt = source.indexOf('<', at),
      next = source[lt + 1];
    if (lt !== at) top.kids.push(child(new Text(unescaped(source.slice(at, lt < 0 ? source.length : lt))), top));
    if (lt < 0) break;
    if (next === '!' && source.startsWith('<!--', lt)) {
      const end = /--!?>/g;
      end.lastIndex = lt + 2;
      const found = end.exec(source),
        stop = found ? found.index : source.length;
      top.kids.push(child(new Comment(source.slice(lt + 4, Math.max(lt + 4, stop))), top));
      at = found ? end.lastIndex : source.length;
    } else if (next === '!' || next === '?') {
      const end = source.startsWith('<![CDATA[', lt) ? source.indexOf(']]>', lt) : source.indexOf('>', lt);
      if (source.startsWith('<![CDATA[', lt))
        top.kids.push(child(new Text(source.slice(lt + 9, end < 0 ? source.length : end)), top));
      at = end < 0 ? source.length : end + (source.startsWith('<![CDATA[', lt) ? 3 : 1);
    } else if (next === '/') {
      const end = source.indexOf('>', lt),
        name = source
          .slice(lt + 2, end < 0 ? source.length : end)
          .trim()
          .toLowerCase()
          .split(/[\s\/]/)[0];
      for (let i = open.length - 1; i > 0; i--)
        if (open[i].tag === name) {
          open.length = i;
          break;
        }
      at = end < 0 ? source.length : end + 1;
    } else if ((next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z')) {
      OPEN.lastIndex = lt + 1;
      const said = OPEN.exec(source)[1].toLowerCase(),
        name = said.endsWith(':script') ? 'script' : said,
        el = element(name);
      at = attributes(source, OPEN.lastIndex, el);
      el.inert_ = inert;
      if (name === 'body') open.length = open[1]?.tag === 'html' ? 2 : 1; // wherever it stands, it is the page's (HTML 13.2.6.4.7)
      if ((name === 'p' || name === 'li' || name === 'td' || name === 'tr' || name === 'option') && top.tag === name) open.pop();
      open[open.length - 1].kids.push(child(el, open[open.length - 1]));
      if (RAW.has(name) && source[at - 2] !== '/') at = raw(source, at, el, name, said);
      else if (!VOID.has(name) && !(source[at - 2] === '/' && el.inSvg) && open.length < DEEPEST) open.push(el);
    } else {
      top.kids.push(child(new Text('<'), top));
      at = lt + 1;
    }
  }
  return root.kids.slice();
}
function child(node, up) {
  node.parentNode = up;
  return node;
}
function attributes(source, at, el) {
  for (let n = 0; n < 400; n++) {
    ATTR.lastIndex = at;
    const found = ATTR.exec(source);
    if (!found) break;
    at = ATTR.lastIndex;
    const key = found[1].toLowerCase();
    if (el.attrs.has(key)) continue;
    el.attrs.set(key, unescaped(found[2] ?? found[3] ?? found[4] ?? ''));
    if (key[0] === 'o' && key[1] === 'n') handling.add(el);
    else if (key === 'autofocus') focused.push(el);
  }
  const end = source.indexOf('>', at);
  return end < 0 ? source.length : end + 1;
}
function raw(source, at, el, name, said) {
  const end = new RegExp('</' + (said === name ? '' : '[\\w.-]{1,40}:') + name, 'ig');
  end.lastIndex = at;
  const found = end.exec(source),
    stop = found ? found.index : source.length,
    text = source.slice(at, stop);
  if (text) el.kids.push(child(new Text(name === 'title' || name === 'textarea' ? unescaped(text) : text), el));
  const close = source.indexOf('>', stop);
  return close < 0 ? source.length : close + 1;
}
