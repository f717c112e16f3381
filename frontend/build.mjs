// Bundles app.js and app.css with esbuild. Usage: node build.mjs OUT_DIR SOURCE_DIGEST
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const [outDir, sourceDigest] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));

await rm(outDir, { recursive: true, force: true });
await mkdir(outDir, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: ["app.js", "app.css"],
  outdir: outDir,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022", "chrome111", "firefox114", "safari16.4"],
  // The digest in a font's name lets it be cached for ever; the style sheet is the only one to name it.
  assetNames: "fonts/[name]-[hash]",
  loader: { ".woff2": "file", ".svg": "file" },
  legalComments: "linked",
  logLevel: "warning",
});

async function listFiles(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

const files = await listFiles(outDir);
const manifest = {};
for (const name of files) {
  const digest = createHash("sha256").update(await readFile(join(outDir, name))).digest("hex");
  manifest[name] = `${name}?v=${digest.slice(0, 12)}`;
}
const write = (name, value) => writeFile(join(outDir, name), `${JSON.stringify(value, null, 2)}\n`);
await write("manifest.json", manifest);
await write("stamp.json", { sources: sourceDigest, files: [...files, "manifest.json"] });
