// Writes what the service serves: api/static/box/kb-search.js and api/static/portal/portal.js.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";

import { build, context } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: { out: { type: "string", default: "../static" }, watch: { type: "boolean", default: false } },
});

// entry, its place below the folder of static files, and the most it may weigh in bytes of gzip
const ENTRIES = [
  { entry: "src/kb-search.ts", file: "box/kb-search.js", most: 30_000 },
  { entry: "src/portal.ts", file: "portal/portal.js", most: 60_000 },
];

const options = ({ entry }) => ({
  absWorkingDir: here,
  entryPoints: [entry],
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  charset: "utf8",
  legalComments: "eof",
  write: false,
  plugins: [minifiedCss],
});

/** Takes the indentation out of css`…`, which esbuild leaves as it stands. */
const minifiedCss = {
  name: "minified-css",
  setup(bundler) {
    bundler.onLoad({ filter: /(styles|tokens)\.ts$/ }, async ({ path }) => {
      const { readFile } = await import("node:fs/promises");
      const text = await readFile(path, "utf8");
      const shrink = (_, css) =>
        `css\`${css.replace(/\s+/g, " ").replace(/ ?([{};]) ?/g, "$1").trim()}\``;
      return { contents: text.replace(/css`([^`]*)`/g, shrink), loader: "ts" };
    });
  },
};

async function write(each) {
  const { outputFiles } = await build(options(each));
  const file = resolve(here, values.out, each.file);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, outputFiles[0].contents);
  const weight = gzipSync(outputFiles[0].contents, { level: 9 }).length;
  console.log(`${each.file}: ${outputFiles[0].contents.length} bytes, ${weight} gzip`);
  if (weight > each.most) throw new Error(`${each.file} weighs ${weight} bytes gzip, expected ${each.most} at most`);
}

async function watch(each) {
  const outfile = resolve(here, values.out, each.file);
  const watching = await context({ ...options(each), write: true, outfile });
  await watching.watch();
}

await Promise.all(ENTRIES.map(values.watch ? watch : write));
