// Hosts the book's widgets on a plain page: the anywidget front-end contract over the state that Jupyter left in the
// page. A classic script, because module scripts are refused on pages opened as files; the widgets' own modules are
// imported from memory.
(() => {
  const stored = document.querySelector('script[type="application/vnd.jupyter.widget-state+json"]');
  if (!stored) return;
  const states = JSON.parse(stored.textContent).state, models = new Map(), modules = new Map(), begun = new Map(), styles = new Set();
  const bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);

  function model(id) {
    if (models.has(id)) return models.get(id);
    const { state, buffers = [] } = states[id], heard = new Map();
    for (const { path, data } of buffers) {
      const inner = path.slice(0, -1).reduce((object, key) => object[key], state);
      inner[path.at(-1)] = bytes(data);
    }
    const fire = (event, ...values) => [...(heard.get(event) ?? [])].forEach((handler) => handler(...values));
    const made = {
      get: (key) => state[key],
      set(key, value) {
        state[key] = value;
        fire(`change:${key}`, made, value);
        fire("change", made);
      },
      on: (event, handler) => heard.set(event, [...(heard.get(event) ?? []), handler]),
      off: (event, handler) => heard.set(event, (heard.get(event) ?? []).filter((h) => handler && h !== handler)),
      send() {}, // no kernel to hear it
      save_changes() {},
    };
    models.set(id, made);
    return made;
  }

  // The same source is imported once, however many widgets it draws.
  function load(source) {
    if (!modules.has(source)) {
      const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
      modules.set(source, import(url).finally(() => URL.revokeObjectURL(url)));
    }
    return modules.get(source);
  }

  function addStyle(css) {
    if (!css || styles.has(css)) return;
    styles.add(css);
    document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
  }

  async function show(view) {
    const el = document.createElement("div");
    view.after(el);
    try {
      const id = JSON.parse(view.textContent).model_id, { _esm, _css } = states[id]?.state ?? {};
      if (!_esm) throw new Error("this widget needs a running notebook");
      addStyle(_css);
      const loaded = (await load(_esm)).default;
      const widget = typeof loaded === "function" ? await loaded() : loaded;
      const { signal } = new AbortController();
      if (!begun.has(id)) begun.set(id, widget.initialize?.({ model: model(id), signal }));
      await begun.get(id);
      await widget.render({ model: model(id), el, signal });
    } catch (error) {
      el.setAttribute("role", "alert");
      el.textContent = `This picture could not be drawn: ${error.message}`;
      console.error(error);
    }
  }

  document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]').forEach(show);
})();
