// Draws a component as Streamlit does: in a shadow root of its own, with its data and two ways to tell Python something. What
// it sends with `teller` arrives, and so it is drawn again, unless `component.isLosing`.
window.component = (() => {
  const places = new Map();
  const told = [];
  const note = (kind, key) => (name, sent) => {
    const isEvent = kind === "trigger" && sent?.id !== undefined && "value" in sent;
    told.push({ kind, key, name, value: isEvent ? sent.value : sent });
    if (isEvent && !window.component.isLosing) queueMicrotask(() => deliver(key, sent.id));
  };

  const deliver = (key, id) => {
    const place = places.get(key);
    if (!place) return;
    place.delivered.push(id);
    draw(key, place.styles, place.data);
  };

  const load = async (script) => {
    const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    return (window.component.draws = (await import(url)).default);
  };

  const placeOf = (key, styles) => {
    if (!places.has(key)) {
      const root = document.getElementById("root").appendChild(document.createElement("div")).attachShadow({ mode: "open" });
      root.appendChild(document.createElement("style")).textContent = styles;
      places.set(key, { root, styles, delivered: [] });
    }
    return places.get(key);
  };

  const draw = (key, styles, data) => {
    const place = placeOf(key, styles);
    place.data = data;
    const given = { name: "lodge", key, data: { ...data, delivered: [...place.delivered] }, parentElement: place.root };
    place.end = window.component.draws({ ...given, setStateValue: note("state", key), setTriggerValue: note("trigger", key) });
  };

  const remove = (key) => {
    const place = places.get(key);
    places.delete(key);
    place.end?.();
    place.root.host.remove();
  };

  return { load, draw, remove, told, isLosing: false };
})();
