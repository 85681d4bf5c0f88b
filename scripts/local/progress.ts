// Prints the steps of `npm start`: each when it begins, and its progress while it takes long.

/** Time between two lines during a long step. */
const SILENCE_MS = 4_000;

/** Reports the progress of a step in a few words: `60 of 140`. */
export type ReportProgress = (progress: string) => void;

/**
 * Runs one step and prints its name at once. While it takes long, prints the elapsed time every few seconds.
 * @param print gets each line
 */
export async function runStep<T>(
	print: (line: string) => void,
	name: string,
	work: (report: ReportProgress) => T | Promise<T>,
	silenceMs = SILENCE_MS,
): Promise<T> {
	const began = Date.now();
	let progress = "";
	print(`${name} …`);
	const timer = setInterval(() => {
		const seconds = Math.round((Date.now() - began) / 1_000);
		print(`  still at it after ${seconds} s${progress && `: ${progress}`}`);
	}, silenceMs);
	try {
		return await work((text) => {
			progress = text;
		});
	} finally {
		clearInterval(timer);
	}
}
