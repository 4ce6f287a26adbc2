// Loaded into a server before the program: what it does once a minute it does ten times a second.
const { setInterval: every } = globalThis;
globalThis.setInterval = (work, ms, ...rest) => every(work, ms === 60_000 ? 100 : ms, ...rest);
