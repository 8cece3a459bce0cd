// Saves the chart that stands beside as SVG or PNG. Nothing leaves the browser.
const LARGER = 2; // of a PNG, for sharp letters

// A copy that needs no style sheet of the page, on the page's background.
const copyOf = (svg) => {
  const copy = svg.cloneNode(true);
  const { width, height } = svg.getBoundingClientRect();
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  const texts = copy.querySelectorAll("text");
  svg.querySelectorAll("text").forEach((text, place) => {
    const { fill, fontFamily } = getComputedStyle(text);
    Object.assign(texts[place].style, { fill, fontFamily });
  });
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const colour = getComputedStyle(document.querySelector(".stApp") ?? document.body).backgroundColor;
  for (const [name, value] of Object.entries({ width: "100%", height: "100%", fill: colour })) ground.setAttribute(name, value);
  copy.prepend(ground);
  return { width, height, blob: new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }) };
};

const asPng = async ({ width, height, blob }) => {
  const address = URL.createObjectURL(blob);
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = make("canvas", { width: width * LARGER, height: height * LARGER });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
};

const save = (blob, name) => {
  const address = URL.createObjectURL(blob);
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
};

export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, (place) => {
    const picture = () => document.querySelector(`${place.data.chart} svg.marks`);
    const saved = async (ending, made) => {
      const svg = picture();
      place.hint.textContent = svg ? "" : "The chart is not drawn yet.";
      if (svg) save(await made(copyOf(svg)), `${place.data.name}.${ending}`);
    };
    place.hint = make("span", { class: "quiet", role: "status" });
    place.append(
      make("div", { class: "buttons" },
        make("button", { type: "button", onclick: () => saved("png", asPng) }, "Save as PNG"),
        make("button", { type: "button", onclick: () => saved("svg", ({ blob }) => blob) }, "Save as SVG"),
        place.hint),
    );
  });
  root.data = data;
}
