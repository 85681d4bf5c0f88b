// `npm start`. Its first word comes before what it needs is loaded, which takes seconds.
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
