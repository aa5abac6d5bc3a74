// Hosts the book's widgets on a plain page: the anywidget front-end contract over the state that Jupyter left in the
// page. A classic script, because module scripts are refused on pages opened as files. The book's own front ends are
// classic scripts, too, loaded before this one (sphinxext/front_ends.py); those of others are imported from memory.
(() => {
  const stored = document.querySelector('script[type="application/vnd.jupyter.widget-state+json"]');
  if (!stored) return;
  const states = JSON.parse(stored.textContent).state;
  const models = new Map(), modules = new Map(), begun = new Map(), styles = new Set();

  // 16-bit numbers from their differences, all low bytes first.
  function summed(bytes) {
    const numbers = new Int16Array(bytes.length / 2);
    let sum = 0;
    for (let k = 0; k < numbers.length; k++) numbers[k] = sum += bytes[k] + (bytes[numbers.length + k] << 8);
    return numbers;
  }

  async function unpack({ data, packed }) {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    if (!packed) return new DataView(bytes.buffer);
    const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const { buffer } = new Uint8Array(await new Response(inflated).arrayBuffer());
    return new DataView(packed === "differences" ? summed(new Uint8Array(buffer)).buffer : buffer);
  }

  async function made(id) {
    const { state, buffers = [] } = states[id], heard = new Map();
    for (const buffer of buffers) {
      const inner = buffer.path.slice(0, -1).reduce((object, key) => object[key], state);
      inner[buffer.path.at(-1)] = await unpack(buffer);
    }
    const fire = (event, ...values) => [...(heard.get(event) ?? [])].forEach((handler) => handler(...values));
    const model = {
      get: (key) => state[key],
      set(key, value) {
        state[key] = value;
        fire(`change:${key}`, model, value);
        fire("change", model);
      },
      on: (event, handler) => heard.set(event, [...(heard.get(event) ?? []), handler]),
      off: (event, handler) => heard.set(event, (heard.get(event) ?? []).filter((h) => handler && h !== handler)),
      send() {}, // no kernel to hear it
      save_changes() {},
    };
    return model;
  }

  const once = (map, key, make) => map.get(key) ?? map.set(key, make()).get(key);

  // The same source is imported once, however many widgets it draws.
  function load(source) {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    return import(url).finally(() => URL.revokeObjectURL(url));
  }

  function addStyle(css) {
    if (!css || styles.has(css)) return;
    styles.add(css);
    document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
  }

  async function frontEnd({ _front_end: name, _esm: source, _css: css } = {}) {
    if (name) {
      if (!window.nablab?.[name]) throw new Error(`the script of ${name} did not load`);
      return window.nablab[name];
    }
    if (!source) throw new Error("this widget needs a running notebook");
    addStyle(css);
    const loaded = (await once(modules, source, () => load(source))).default;
    return typeof loaded === "function" ? loaded() : loaded;
  }

  async function show(view) {
    const el = document.createElement("div");
    view.after(el);
    try {
      const id = JSON.parse(view.textContent).model_id;
      const widget = await frontEnd(states[id]?.state), model = await once(models, id, () => made(id));
      const { signal } = new AbortController();
      await once(begun, id, async () => widget.initialize?.({ model, signal }));
      await widget.render({ model, el, signal });
    } catch (error) {
      el.setAttribute("role", "alert");
      el.textContent = `This picture could not be drawn: ${error.message}`;
      console.error(error);
    }
  }

  document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]').forEach(show);
})();
