// What the page says, in its own language: the server gives the messages, and their places are filled in here.
export function makeWords(text) {
  const words = JSON.parse(text);
  return (name, given = {}) => words[name].replace(/\{(\w+)\}/g, (place, key) => given[key] ?? place);
}
