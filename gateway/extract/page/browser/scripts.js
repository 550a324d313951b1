// Scripts. Modules: what they import is looked up by us; the rest of one is an ordinary script of its own.
const RUNS = /^(?:|module|(?:text|application)\/(?:x-)?(?:javascript|ecmascript|jscript|livescript|babel)(?:1\.\d)?)$/i;
function prepared(code) {
  if (code.includes('ActiveXObject')) code = code.replace(/(^|[^\w$.])new\s+ActiveXObject\s*\(/g, '$1new oldObject_(');
  return code.includes('import') ? code.replace(/(^|[^\w$.])import\s*\(/g, '$1imported(') : code;
}
function moduled(code) {
  return (
    '(async () => {"use strict";\n' +
    prepared(code)
      .replace(
        /(^|[;\n}])\s*import\s+([^"';]{0,2000}?)\s*(?:from\s*)?(?:"([^"\n]*)"|'([^'\n]*)')(?:\s*(?:with|assert)\s*\{[^}]*\})?/g,
        (all, before, names, one, other) => {
          const from = one ?? other;

          const star = /\*\s+as\s+([\w$]+)/.exec(names),
            some = /\{([^}]*)\}/.exec(names),
            first = /^\s*([\w$]+)\s*(?:,|$)/.exec(names);
          return (
            before +
            (star ? `const ${star[1]} = await imported(${quote(from)});` : '') +
            (some ? `const {${some[1].replace(/\s+as\s+/g, ': ')}} = await imported(${quote(from)});` : '') +
            (first ? `const ${first[1]} = (await imported(${quote(from)})).default;` : '') +
            (names.trim() ? '' : `await imported(${quote(from)});`)
          );
        },
      )
      .replace(/(^|[;\n}])\s*export\s+default\s+/g, '$1exports_.default = ')
      .replace(/(^|[;\n}])\s*export\s+(?=const|let|var|function|class|async)/g, '$1')
      .replace(/(^|[;\n}])\s*export\s*\{[^}]*\}/g, '$1') +
    '\n})()'
  );
}
function mapped(from) {
  for (const el of doc.querySelectorAll('script[type=importmap]')) {
    try {
      const to = JSON.parse(el.textContent).imports?.[from];
      if (to) return to;
    } catch {
      /* none */
    }
  }
  return from;
}
function imported(from) {
  from = mapped(String(from));
  const data = contents(String(from));
  if (!data) {
    act('asks', from, 'import');
    return Promise.resolve(tolerant('module'));
  }
  const exports_ = {},
    code = decoded(data.bytes, 'utf-8'),
    names = [...code.matchAll(/export\s+(?:const|let|var|function\*?|class|async\s+function)\s+([\w$]+)/g)].map((m) => m[1]);
  try {
    return Promise.resolve(
      new Function(
        'exports_',
        'return ' +
          moduled(code).replace(
            /\n\}\)\(\)$/,
            '\n;' + names.map((n) => `exports_.${n} = ${n};`).join('') + 'return exports_;})()',
          ),
      )(exports_),
    ).catch((e) => {
      failed(e);
      return exports_;
    });
  } catch (error) {
    failed(error);
    return Promise.resolve(exports_);
  }
}
function source(el) {
  if (/vbs/i.test((el.getAttribute('type') ?? '') + (el.getAttribute('language') ?? ''))) act('died', 'VBScript');
  if (!RUNS.test((el.getAttribute('type') ?? '').trim()) || el.attrs.has('nomodule')) return null;
  const src = el.getAttribute('src') ?? el.getAttribute('href') ?? el.getAttribute('xlink:href');
  if (src === null || src === '') return el.textContent.trim() ? el.textContent : null;
  const data = contents(src.trim());
  if (!data) {
    if (webLike(src)) act(el.first_ ? 'library' : 'asks', whole(src), 'script');
    return null;
  }
  return decoded(data.bytes, 'utf-8');
}
// A section of XML around a script is none of it.
const bare = (code) =>
  /^\s*<!\[CDATA\[/.test(code) ? code.replace(/^\s*<!\[CDATA\[/, '').replace(/\]\]>\s*$/, '') : code;
function coded(el) {
  if (el.ran_) return null;
  let code = source(el);
  if (code === null) return null;
  code = bare(code);
  el.ran_ = true;
  return flat(
    (el.getAttribute('type') ?? '').trim().toLowerCase() === 'module'
      ? moduled(code)
      : prepared(
          code.includes('-->') || code.includes('<!--') ? code.replace(/^\s*<!--/, '//').replace(/^\s*-->/gm, '//') : code,
        ),
  );
}
function evaluated(code) {
  if (depth > DEEP) return undefined;
  depth += 1;
  try {
    return run(prepared(String(code)));
  } catch (error) {
    if (lacking(error))
      try {
        return run('{' + prepared(String(code)) + '\n}');
      } catch (again) {
        failed(again);
      }
    else failed(error);
  } finally {
    depth -= 1;
  }
}
function script(el) {
  const code = coded(el);
  if (code !== null) {
    const before = current;
    current = el;
    evaluated(code);
    current = before;
  }
  if (el.onload || el.onerror || el.attrs.has('onload'))
    soon(() => {
      if (el.getAttribute('src') !== null) happened(el);
    }, 3);
}
