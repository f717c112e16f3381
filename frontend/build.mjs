// Bundles app.js, app.css, the fonts and the images. Usage: node build.mjs OUT_DIR SOURCE_DIGEST
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import subsetFont from "subset-font";

const [finalDir, sourceDigest] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const outDir = `${finalDir}.new`;
const bundled = [
  "htmx.org",
  "@fontsource-variable/atkinson-hyperlegible-next",
  "@fontsource/newsreader",
  "tus-js-client",
  "js-base64",
  "url-parse",
  "querystringify",
  "requires-port",
];

// The weights that the style sheet uses, of all that a variable font has: the rest is a third of its bytes.
const WEIGHTS = { min: 400, max: 700 };
const lighterFonts = {
  name: "lighter-fonts",
  setup({ onLoad }) {
    onLoad({ filter: /-wght-.*\.woff2$/ }, async ({ path }) => {
      const keep = { keepAllGlyphs: true, preserveNameIds: [13, 14], targetFormat: "woff2" };
      const font = await readFile(path);
      return { contents: await subsetFont(font, undefined, { ...keep, variationAxes: { wght: WEIGHTS } }), loader: "file" };
    });
  },
};

async function listFiles(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

async function licences() {
  const parts = bundled.map(async (name) => {
    const folder = join(here, "node_modules", name);
    const file = (await readdir(folder)).find((one) => /^licen[cs]e(\.md)?$/i.test(one));
    const text = await readFile(join(folder, file), "utf-8");
    const { version } = JSON.parse(
      await readFile(join(here, "node_modules", name, "package.json"), "utf-8"),
    );
    return `${name} ${version}\n\n${text.trim()}\n`;
  });
  parts.unshift("Of the fonts with several weights, those from 400 to 700 are here.\n");
  return (await Promise.all(parts)).join(`\n${"-".repeat(80)}\n\n`);
}

await rm(outDir, { recursive: true, force: true });
await mkdir(outDir, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: ["app.js", "app.css", "embed.css", "station.js", "photos.js", "tus.js", "worker.js", "follow.js", "follow-worker.js"],
  outdir: outDir,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2020", "chrome100", "firefox100", "safari15.4"],
  // The digest in a font's name lets it be cached for ever: the style sheet names it without ?v=.
  assetNames: "fonts/[name]-[hash]",
  loader: { ".woff2": "file" },
  plugins: [lighterFonts],
  logLevel: "warning",
});
await cp(join(here, "images"), outDir, { recursive: true });
await writeFile(join(outDir, "licences.txt"), await licences());

const files = await listFiles(outDir);
const manifest = {};
for (const name of files) {
  const digest = createHash("sha256").update(await readFile(join(outDir, name))).digest("hex");
  const isFont = name.startsWith("fonts/");
  const stable = isFont ? name.replace(/-[A-Z0-9]{8}(?=\.woff2$)/, "") : name;
  manifest[stable] = isFont ? name : `${name}?v=${digest.slice(0, 12)}`;
}
const write = (name, value) =>
  writeFile(join(outDir, name), `${JSON.stringify(value, null, 2)}\n`);
await write("manifest.json", manifest);
await write("stamp.json", { sources: sourceDigest, files: [...files, "manifest.json"] });

await rm(finalDir, { recursive: true, force: true });
await mkdir(dirname(finalDir), { recursive: true });
await rename(outDir, finalDir);
