// Draws a component as Streamlit does: in a shadow root of its own, with its data and two ways to tell Python something.
window.component = (() => {
  const places = new Map();
  const told = [];
  const note = (kind, key) => (name, value) => told.push({ kind, key, name, value });

  const load = async (script) => {
    const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    return (window.component.draws = (await import(url)).default);
  };

  const placeOf = (key, styles) => {
    if (!places.has(key)) {
      const root = document.getElementById("root").appendChild(document.createElement("div")).attachShadow({ mode: "open" });
      root.appendChild(document.createElement("style")).textContent = styles;
      places.set(key, { root });
    }
    return places.get(key);
  };

  const draw = (key, styles, data) => {
    const place = placeOf(key, styles);
    const given = { name: "lodge", key, data, parentElement: place.root };
    place.end = window.component.draws({ ...given, setStateValue: note("state", key), setTriggerValue: note("trigger", key) });
  };

  const remove = (key) => {
    const place = places.get(key);
    places.delete(key);
    place.end?.();
    place.root.host.remove();
  };

  return { load, draw, remove, told };
})();
