// What is selected: copying takes it.
let picked = [];
const pickedText = () => picked.map((n) => (n?.tag === 'input' || n?.tag === 'textarea' ? n.value : (n?.textContent ?? ''))).join('');
function rangeOf(nodes) {
  const r = {
    nodes_: nodes,
    toString: () => r.nodes_.map((n) => n?.textContent ?? '').join(''),
    cloneRange: () => rangeOf(r.nodes_),
    cloneContents: () => new Fragment(),
    collapse() {},
    deleteContents() {},
    surroundContents() {},
    insertNode() {},
    getBoundingClientRect: () => ({}),
    getClientRects: () => [],
    createContextualFragment: (t) => {
      wrote(t);
      const f = new Fragment();
      f.append(...parsed(String(t)));
      return f;
    },
  };
  for (const begin of ['selectNode', 'selectNodeContents', 'setStart', 'setStartBefore', 'setStartAfter'])
    r[begin] = (n) => {
      r.nodes_ = [n];
    };
  for (const end of ['setEnd', 'setEndBefore', 'setEndAfter'])
    r[end] = (n) => {
      if (!r.nodes_.includes(n)) r.nodes_.push(n);
    };
  return r;
}
const pick = (n) => {
  picked = [n];
};
const unpick = () => {
  picked = [];
};
const selection = {
  get rangeCount() {
    return picked.length ? 1 : 0;
  },
  get isCollapsed() {
    return picked.length === 0;
  },
  addRange: (r) => picked.push(...(r?.nodes_ ?? [])),
  getRangeAt: () => rangeOf([...picked]),
  selectAllChildren: pick,
  setBaseAndExtent: pick,
  setPosition: unpick,
  removeAllRanges: unpick,
  empty: unpick,
  collapse: unpick,
  extend() {},
  modify() {},
  toString: pickedText,
};
