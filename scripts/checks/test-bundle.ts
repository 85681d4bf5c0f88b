// The Worker's sources as one module, for the tests. Each test file has a runtime of its own, which asks for modules one by one:
// for four hundred of them that took longer than most files' tests.
import { globSync } from "node:fs";
import { dirname, join } from "node:path";
import { build, type Plugin, type Rolldown } from "vite";
import { repositoryRoot } from "../tools/tools.ts";

const SOURCES = "{src,scripts/platform}/**/*.ts";

/** Marks the modules of the bundle, which are no files; the null character is Rollup's own convention. */
const BUNDLED = "\0sources/";

/** The path of each source file, and its name in the bundle. */
function sourceNames(): Map<string, string> {
	const files = globSync(SOURCES, { cwd: repositoryRoot, exclude: ["**/*.d.ts"] });
	return new Map(files.map((file) => [join(repositoryRoot, file), file.replace(/\.ts$/, "")]));
}

/** The bundle: a module for each source file, which exports what the file does, and one that they all import it from. */
async function bundle(names: ReadonlyMap<string, string>): Promise<Map<string, Rolldown.OutputChunk>> {
	const built = await build({
		root: repositoryRoot,
		configFile: false,
		logLevel: "error",
		ssr: { target: "webworker", noExternal: true },
		build: {
			write: false,
			ssr: true,
			minify: false,
			sourcemap: true,
			target: "esnext",
			rolldownOptions: {
				input: Object.fromEntries([...names].map(([path, name]) => [name, path])),
				external: /^(?:cloudflare|node):/,
				preserveEntrySignatures: "strict",
				output: {
					format: "es",
					// As wrangler bundles.
					keepNames: true,
					// Each test file is sent all of it.
					comments: false,
					sourcemapExcludeSources: true,
					entryFileNames: "[name].js",
					chunkFileNames: "[name].js",
					codeSplitting: { groups: [{ name: "all", test: /./ }] },
				},
			},
		},
	});
	const outputs = [built].flat().flatMap((one) => ("output" in one ? one.output : []));
	return new Map(outputs.flatMap((one) => (one.type === "chunk" ? [[one.fileName, one]] : [])));
}

/**
 * A plugin that resolves each import of a source file to the bundle, so that a test and the Worker have the same modules. An
 * import with a query, as of a file's text, is left as it is.
 */
export function bundledSources(): Plugin {
	const names = sourceNames();
	let chunks: ReturnType<typeof bundle> | undefined;
	return {
		name: "leadwire:bundled-sources",
		enforce: "pre",
		async resolveId(source, importer, options) {
			if (importer?.startsWith(BUNDLED) && source.startsWith("."))
				return BUNDLED + join(dirname(importer.slice(BUNDLED.length)), source);
			const found = await this.resolve(source, importer, { ...options, skipSelf: true });
			const name = found ? names.get(found.id) : undefined;
			return name ? `${BUNDLED}${name}.js` : found;
		},
		async load(id) {
			if (!id.startsWith(BUNDLED)) return null;
			chunks ??= bundle(names);
			const chunk = (await chunks).get(id.slice(BUNDLED.length));
			return chunk ? { code: chunk.code, map: chunk.map } : null;
		},
	};
}
