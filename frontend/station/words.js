// What the page says, in its own language: the server gives the messages in a script of their own, and their places
// are filled in here. Should they not have come, a call for help says all the same that it is not delivered.
const missing = (name) => (name.startsWith("help") ? "NOT DELIVERED" : name);

export function makeWords(words) {
  const fill = (text, given) => text.replace(/\{(\w+)\}/g, (place, key) => given[key] ?? place);
  return (name, given = {}) => fill(words?.[name] ?? missing(name), given);
}
