// The page's own script: search dims what does not match, a click shows a node with its neighbours.
const nodes = [...document.querySelectorAll('.node')];
const edges = [...document.querySelectorAll('.edge')];
const search = document.querySelector('input');
const about = document.querySelector('aside');
const count = document.querySelector('#count');
const summary = count.textContent;

function show(kept) {
  for (const node of nodes) node.classList.toggle('dim', kept !== undefined && !kept.has(node.dataset.id));
  for (const edge of edges) {
    const both = kept === undefined || (kept.has(edge.dataset.from) && kept.has(edge.dataset.to));
    edge.classList.toggle('dim', !both);
  }
}

function neighbours(id) {
  const kept = new Set([id]);
  for (const { dataset } of edges) {
    if (dataset.from === id) kept.add(dataset.to);
    if (dataset.to === id) kept.add(dataset.from);
  }
  return kept;
}

function line(tag, text, className) {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) element.className = className;
  about.append(element);
}

function card(tag, title, text) {
  const entry = document.createElement(tag);
  const name = document.createElement('strong');
  name.textContent = title;
  entry.className = 'card';
  entry.append(name, document.createElement('br'), text);
  about.append(entry);
  return entry;
}

/** What is wrong, as a list to begin with; what is in the picture leads to its part. */
function overview() {
  for (const node of nodes.filter(({ classList }) => classList.contains('wrong'))) {
    const { name, type, findings } = JSON.parse(node.dataset.node);
    card('button', `${type} ${name}`, findings.join(' · ')).addEventListener('click', () => {
      choose(node);
      node.scrollIntoView({ block: 'center', inline: 'center' });
    });
  }
  for (const { name, finding } of JSON.parse(about.dataset.others)) card('div', name, finding);
}

function choose(node) {
  for (const other of nodes) other.classList.toggle('chosen', other === node);
  about.replaceChildren();
  if (node === undefined) {
    show(undefined);
    overview();
    return;
  }
  const { id, name, type, details, findings } = JSON.parse(node.dataset.node);
  line('h2', name);
  line('p', [type, ...details].join(' · '), 'faint');
  for (const finding of findings) line('p', finding, 'wrong-text');
  for (const { dataset } of edges) {
    if (dataset.from === id) line('p', `→ ${dataset.to}${dataset.label ? ` (${dataset.label})` : ''}`);
    if (dataset.to === id) line('p', `← ${dataset.from}${dataset.label ? ` (${dataset.label})` : ''}`);
  }
  show(neighbours(id));
}

for (const node of nodes) {
  node.addEventListener('click', () => choose(node.classList.contains('chosen') ? undefined : node));
  node.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      node.dispatchEvent(new Event('click'));
    }
  });
}

search.addEventListener('input', () => {
  choose(undefined);
  const word = search.value.trim().toLowerCase();
  if (word === '') {
    show(undefined);
    count.textContent = summary;
    return;
  }
  const found = nodes.filter((node) => node.dataset.node.toLowerCase().includes(word));
  show(new Set(found.map((node) => node.dataset.id)));
  found[0]?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  count.textContent = `${found.length} of ${nodes.length}`;
});

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') {
    search.value = '';
    search.dispatchEvent(new Event('input'));
  }
});

overview();
