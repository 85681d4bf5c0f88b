// Evaluates a bundled Worker in this process and prints the processor time of that (ms): what an isolate does before its first
// request. What only workerd has is replaced by empty classes.
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";

const STUB = "export class DurableObject {} export class WorkerEntrypoint {} export const env = {};";

registerHooks({
	resolve: (name, context, next) =>
		name.startsWith("cloudflare:")
			? { url: name, format: "module", shortCircuit: true }
			: next(name, context),
	load: (url, context, next) =>
		url.startsWith("cloudflare:")
			? { source: STUB, format: "module", shortCircuit: true }
			: next(url, context),
});

// Node loads these when they are first used; an isolate has them.
void [
	new Headers({ name: "value" }),
	new Response(),
	new Request("http://localhost"),
	new TextDecoder("utf-8", { fatal: true }),
	crypto.subtle,
];

const before = process.threadCpuUsage();
await import(pathToFileURL(process.argv[2] ?? "").href);
const { user, system } = process.threadCpuUsage(before);
console.log((user + system) / 1_000);
