// `npm start`. It prints a line before loading its modules, which takes seconds.
import { parseArgs } from "node:util";

console.log("Starting Leadwire …");

const { plain } = await import("../tools/tools.ts");
try {
	const { values } = parseArgs({ options: { json: { type: "boolean" } } });
	const { serve } = await import("./serve.ts");
	await serve(values.json ?? !process.stdout.isTTY);
} catch (error) {
	console.error(plain(error));
	process.exit(1);
}
