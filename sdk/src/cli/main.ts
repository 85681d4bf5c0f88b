#!/usr/bin/env node
import { run } from "./run.ts";
import { terminalOf } from "./terminal.ts";

process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
	// The reader of our output may close the pipe (`leadwire leads list | head`).
	if (code === "EPIPE") process.exit();
	console.error(message);
	process.exit(1);
});
process.exitCode = await run(
	process.argv.slice(2),
	process.env,
	console.log,
	console.error,
	terminalOf(process.stdin, process.stderr),
);
