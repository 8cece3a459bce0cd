// How long somebody has worked, as a clock and in words.
const clock = (seconds) => [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((part, place) => (place ? String(part).padStart(2, "0") : part)).join(":");
const inWords = (seconds) => {
  const minutes = Math.max(1, Math.round(seconds / 60));
  return [minutes >= 60 ? `${Math.floor(minutes / 60).toLocaleString("en")} h` : "", minutes % 60 || minutes < 60 ? `${minutes % 60} min` : ""].filter(Boolean).join(" ");
};

// A timer as the data API says it is, with the moment at which it said so; null if there is none.
const received = (timer) => timer && { ...timer, at: performance.now() };
const shownSeconds = (timer) => timer.seconds + (timer.is_running ? Math.floor((performance.now() - timer.at) / 1000) : 0);

// Why the timer of an entry was stopped by somebody else than its owner.
const WHY_STOPPED = {
  deactivated: "Its timer was stopped when they were deactivated.",
  role: "Its timer was stopped when they could no longer work on tickets.",
  limit: "Its timer was stopped because it ran too long.",
};
const whyStopped = (entry) => (entry.is_unconfirmed ? "Its timer was stopped because it ran too long: it may be wrong." : WHY_STOPPED[entry.stopped_because]);
