// Runs checks in parallel, one per core. After a failed check the others still run, except those that need its output.
import { availableParallelism } from "node:os";
import { captureTool, plain } from "../tools/tools.ts";
import type { Check } from "./list.ts";

/** Numbers of passed and failed checks or tests. */
export interface Counts {
	readonly passed: number;
	readonly failed: number;
}

/** Runs every check and prints a line for each as it ends, followed by its output if it failed. */
export async function runChecks(checks: readonly Check[]): Promise<Counts> {
	const waiting = [...checks];
	const ended = new Map<string, boolean>();
	let wake = Promise.withResolvers<void>();
	const worker = async () => {
		while (waiting.length > 0) {
			const next = waiting.findIndex(({ after }) => after === undefined || ended.has(after));
			const [check] = next < 0 ? [] : waiting.splice(next, 1);
			if (check) {
				ended.set(
					check.name,
					await passes(check, check.after === undefined || ended.get(check.after) === true),
				);
				wake.resolve();
				wake = Promise.withResolvers();
			} else await wake.promise;
		}
	};
	await Promise.all(Array.from({ length: availableParallelism() }, worker));
	const passed = [...ended.values()].filter(Boolean).length;
	return { passed, failed: ended.size - passed };
}

async function passes({ name, command: [tool, ...args], after }: Check, isReady: boolean): Promise<boolean> {
	const started = performance.now();
	try {
		if (!isReady) throw new Error(`It was not run, because "${after}" failed.`);
		await captureTool(tool, args);
	} catch (error) {
		console.error(`FAILED  ${name}\n${plain(error)}\n`);
		return false;
	}
	console.log(`passed  ${name}, ${((performance.now() - started) / 1_000).toFixed(1)} s`);
	return true;
}
