#!/usr/bin/env node
import { run } from "./run.ts";
import { terminalOf } from "./terminal.ts";

// The reader of our output may close the pipe (`leadwire leads list | head`).
process.stdout.on("error", () => process.exit());
process.exitCode = await run(
	process.argv.slice(2),
	process.env,
	console.log,
	console.error,
	terminalOf(process.stdin, process.stderr),
);
