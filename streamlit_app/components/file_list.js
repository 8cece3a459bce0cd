// The files of a report or message: small pictures, names, and links that save them.
const MEGABYTE = 1024 * 1024;
const fileSize = (bytes) => {
  if (bytes < 1024) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  return bytes < MEGABYTE / 10 ? `${Math.round(bytes / 1024)} kB` : `${(bytes / MEGABYTE).toFixed(1)} MB`;
};

const fileLink = (file, label) => make("a", { href: addressOf(`attachments/${file.id}`).href, download: file.name }, make("bdi", {}, label));

// Decoration beside the file's name, which screen readers read.
const fileSign = (name) => make("span", { class: "sign", "aria-hidden": "true" }, name.includes(".") ? name.split(".").pop().slice(0, 4) : "");

const smallPicture = (file) => {
  const picture = make("img", { src: addressOf(`attachments/${file.id}/thumbnail`).href, alt: "", loading: "lazy" });
  picture.addEventListener("error", () => picture.replaceWith(fileSign(file.name)));
  return picture;
};

// Shows the small picture as large as it is. The original is only saved: browsers show nothing that was uploaded.
const showPicture = (file, opener) => {
  const close = make("button", { type: "button", onclick: () => dialog.close() }, "Close");
  const picture = make("img", { src: addressOf(`attachments/${file.id}/thumbnail`).href, alt: file.name });
  const dialog = make(
    "dialog", { class: "preview", "aria-label": file.name },
    picture,
    make("p", {}, make("bdi", { class: "name" }, file.name), make("span", { class: "quiet" }, ` ${file.kind}, ${fileSize(file.size)}`)),
    make("div", { class: "preview-acts" }, fileLink(file, "Save the original"), close),
  );
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  // Not inside the component's root, which may be drawn anew meanwhile.
  opener.getRootNode().append(dialog);
  dialog.showModal();
};

// A question replaces the button, because a deleted file cannot be had back.
const fileDeleter = (file, remove) => {
  const place = make("div", { class: "deleting" });
  const ask = () => {
    const keep = make("button", { type: "button", class: "link", onclick: () => { offer(); place.firstChild.focus(); } }, "Keep it");
    const sure = make("button", { type: "button", class: "link sure", onclick: () => remove(file.id) }, "Delete it for good");
    place.replaceChildren(make("span", { class: "quiet" }, "It goes for everybody."), sure, keep);
    keep.focus();
  };
  const offer = () => place.replaceChildren(make("button", {
    type: "button", class: "link", "aria-label": `Delete ${file.name}`, onclick: ask,
  }, "Delete"));
  offer();
  return place;
};

// Returns the list, or null without files. With `remove`, each can be deleted: it is called with the file's id.
const fileList = (files, remove) => {
  if (!files?.length) return null;
  const item = (file) => {
    const open = make("button", {
      type: "button", class: "open", "aria-label": `Show ${file.name}`, onclick: () => showPicture(file, open),
    }, ...(file.has_thumbnail ? [smallPicture(file)] : []));
    const about = make(
      "div", { class: "about" },
      fileLink(file, file.name),
      make("span", { class: "quiet" }, `${file.kind}, ${fileSize(file.size)}`),
      remove ? fileDeleter(file, remove) : null,
    );
    return make("li", { class: "file" }, file.has_thumbnail ? open : fileSign(file.name), about);
  };
  return make("ul", { class: "files", "aria-label": files.length === 1 ? "File" : "Files" }, ...files.map(item));
};
