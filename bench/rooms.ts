// Which room of the code a stack belongs to: that of the innermost function that is from a file we know. Positions in the
// bundle are looked up in its source map.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { SourceMap, type SourceMapping } from "node:module";
import { tmpdir } from "node:os";
import { join, parse } from "node:path";
import { bundleWorker } from "../scripts/local/local.ts";
import type { Frame, Stack } from "./inspector.ts";
import { type Kind, workerOf } from "./workers.ts";

/** The room of the Durable Object, which is a class of the same bundle. */
export const LIMITER = "limiter object";

/**
 * Writing log lines. A line takes 4 us (a loop of them, by the processor time of the process), but many times that in a
 * profile: samples are taken by the clock, and here whoever reads the pipe runs while a line is written to it.
 */
export const LOG = "log";

/** Rooms whose calls into other rooms count as theirs: by a function anywhere on the stack. */
const OUTER: readonly (readonly [room: string, file: RegExp, name?: RegExp])[] = [
	[LIMITER, /limiter\/key-limiter\.ts$|^bench\/workers\/floor/, /^check$/],
	["decode", /db\/store\.ts$/, /^decode$/],
	["decode", /custom-fields\/with-custom-fields\.ts$/, /^row$/],
	[LOG, /^src\/log\.ts$/],
];

/** Rooms by the innermost function's file. drizzle's own source map calls its files `node_modules/src/…`. */
const INNER: readonly (readonly [room: string, file: RegExp])[] = [
	["router", /^node_modules\/hono\/|^src\/(?:app|index)\.ts$/],
	["gate", /^src\/(?:gate|limiter)\/|^src\/(?:shards|settings|places|keyring)\.ts$/],
	["parse", /^node_modules\/(?:zod|@hono)\/|^src\/http\/(?!answer|write)/],
	["D1 client", /^cloudflare-internal:d1/],
	["SQL text", /^node_modules\/src\/|^src\/db\//],
	["deliver", /^src\/delivery\//],
	["answer", /^src\/http\/(?:answer|write)\.ts$/],
	["plan", /^src\//],
	["own code", /^bench\//],
];

/** Where a stack is: its room, and its innermost function that is in a file. */
export interface Place {
	readonly room: string;
	readonly name: string;
}

/** Returns the function that finds the place of a stack of this Worker. */
export async function placesOf(kind: Kind): Promise<(stack: Stack) => Place> {
	const folder = mkdtempSync(join(tmpdir(), "leadwire-profile-"));
	const { config, main } = workerOf(kind);
	await bundleWorker(config, folder, main);
	const text = readFileSync(join(folder, `${parse(main).name}.js.map`), "utf8");
	rmSync(folder, { recursive: true });
	const map = new SourceMap(JSON.parse(text));

	/** The file of a function, and its line there; of a function of the runtime the address that it has. */
	const sourceOf = ({ url, lineNumber, columnNumber }: Frame): { file: string; line: number } => {
		if (!url.endsWith(".js") || url.includes(":")) return { file: url, line: lineNumber + 1 };
		const found = map.findEntry(lineNumber, columnNumber);
		if (!("originalSource" in found)) return { file: url, line: lineNumber + 1 };
		const { originalSource, originalLine } = found as SourceMapping;
		return {
			file: originalSource.replace(/^.*?(?=(?:src|bench|node_modules)\/)/, ""),
			line: originalLine + 1,
		};
	};

	return ({ frames }) => {
		const [innermost] = frames;
		if (innermost?.functionName === "(garbage collector)")
			return { room: "garbage", name: "garbage collector" };
		const known = frames.map((frame) => ({ name: frame.functionName, ...sourceOf(frame) }));
		const outer = OUTER.find(([, file, name]) =>
			known.some((frame) => file.test(frame.file) && (!name || name.test(frame.name))),
		);
		const room = known.flatMap((frame) => INNER.find(([, file]) => file.test(frame.file))?.[0] ?? []);
		const { name = "", file = "", line = 0 } = known.find((frame) => frame.file !== "") ?? {};
		const builtIn = innermost?.url === "" ? `${innermost.functionName || "(built in)"} in ` : "";
		return { room: outer?.[0] ?? room[0] ?? "runtime", name: `${builtIn}${name} ${file}:${line}` };
	};
}
