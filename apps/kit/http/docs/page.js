// @ts-check
/** @param {string} name @param {Record<string, string>} [attributes] @param {(Node | string)[]} children */
const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

/** What stands before /docs on this server. */
const base = new URL(import.meta.url).pathname.replace(/\/docs\/page\.js$/, '');
const routes = /** @type {HTMLElement} */ (document.querySelector('#routes'));

/** Text in which `this` is code, as Markdown has it. @param {string} text */
const marked = (text) =>
  text.split('`').map((part, index) => (index % 2 === 0 ? part : element('code', {}, part)));

/** @param {string} method @param {string} path @param {any} operation */
function section(method, path, operation) {
  const verb = method.toUpperCase();
  const out = element('pre', { hidden: '', tabindex: '0', 'aria-label': `answer of ${path}` });
  const form = element('form', { 'aria-label': path });
  const place = (/** @type {any} */ one) => (one.in === 'path' ? 0 : one.required === true ? 1 : 2);
  const parameters = [...(operation.parameters ?? [])].sort((a, b) => place(a) - place(b));
  const inputs = parameters.map((/** @type {any} */ one) => {
    const { name, in: where, required, description = '', schema = {} } = one;
    const input = /** @type {HTMLInputElement} */ (element('input', { name, autocomplete: 'off' }));
    input.required = required === true;
    input.placeholder = String(schema.default ?? one.example ?? schema.examples?.[0] ?? '');
    const choices = schema.enum === undefined ? '' : `one of ${schema.enum.join(', ')}. `;
    form.append(
      element(
        'label',
        {},
        element('span', {}, element('code', {}, name), ` ${required ? '(needed)' : ''}`),
        input,
        element('small', {}, ...marked(`${choices}${description}`)),
      ),
    );
    return { name, where, input };
  });
  const body = bodyOf(operation, form);
  form.append(element('button', {}, 'Try it'));
  /** @type {AbortController | undefined} */
  let current;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    current?.abort();
    const controller = new AbortController();
    current = controller;
    let url = path;
    const query = new URLSearchParams();
    /** @type {Record<string, string>} */
    const headers = {};
    for (const { name, where, input } of inputs) {
      if (input.value === '') continue;
      if (where === 'path') url = url.replace(`{${name}}`, encodeURIComponent(input.value));
      else if (where === 'query') query.set(name, input.value);
      else headers[name] = input.value;
    }
    if (query.size > 0) url += `?${query}`;
    out.hidden = false;
    const started = performance.now();
    try {
      if (body !== undefined) headers['content-type'] = body.type;
      const sent = body === undefined ? {} : { body: body.input.value };
      const answer = await fetch(url, { method: verb, headers, ...sent, signal: controller.signal });
      const took = Math.round(performance.now() - started);
      const head = `${verb} ${url}\n${answer.status} ${answer.statusText}, ${took} ms, ${answer.headers.get('content-type')}\n\n`;
      if (answer.headers.get('content-type')?.startsWith('text/event-stream') && answer.body) {
        out.textContent = head;
        for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
          out.textContent = (out.textContent + text).slice(-20_000);
        }
        return;
      }
      const text = await answer.text();
      out.textContent =
        head + (text.startsWith('{') ? JSON.stringify(JSON.parse(text), null, 2).slice(0, 100_000) : text);
    } catch (error) {
      if (!controller.signal.aborted) out.textContent = `${verb} ${url}\n${error}`;
    }
  });
  return element(
    'section',
    {},
    element('h2', {}, element('code', {}, `${verb} ${path}`)),
    element('p', { class: 'quiet' }, operation.summary ?? ''),
    ...(operation.description
      ? [element('p', { class: 'quiet description' }, ...marked(operation.description))]
      : []),
    form,
    out,
  );
}

/** The field for a request's body, filled with the first example, where a request has one. @param {any} operation @param {HTMLElement} form */
function bodyOf(operation, form) {
  const [type, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  if (type === undefined) return undefined;
  const input = /** @type {HTMLTextAreaElement} */ (element('textarea', { name: 'body', rows: '12' }));
  const example = media.example ?? media.schema?.examples?.[0];
  input.value = example === undefined ? '' : JSON.stringify(example, null, 2);
  form.append(element('label', {}, element('span', {}, element('code', {}, type)), input));
  return { type, input };
}

async function problems() {
  const list = element('dl');
  const answer = await (await fetch(`${base}/problems`)).json();
  for (const { type, status, title, means } of answer.problems) {
    list.append(
      element('dt', {}, `${status} ${title}`),
      element('dd', {}, element('code', {}, type), element('br'), means),
    );
  }
  return element('section', { id: 'problems' }, element('h2', {}, 'Problems'), list);
}

try {
  const document_ = await (await fetch(`${base}/openapi.json`)).json();
  const about = /** @type {HTMLElement} */ (document.querySelector('#about'));
  about.textContent = document_.info.description;
  routes.replaceChildren(
    ...Object.entries(document_.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => section(method, path, operation)),
    ),
    await problems(),
  );
} catch (error) {
  routes.textContent = `The description of the API could not be read: ${error}`;
}
