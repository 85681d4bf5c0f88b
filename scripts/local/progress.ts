// What `npm start` shows while it starts: each step as it begins, and that a long one goes on.

/** Nobody waits longer than this without a word. */
const SILENCE_MS = 4_000;

/** Tells how far a step is, in a few words: `60 of 140`. */
export type Report = (progress: string) => void;

/**
 * Runs one step of the start, which is named at once; while it takes long, how long it has taken is said every few seconds.
 * @param print takes each line
 */
export async function step<T>(
	print: (line: string) => void,
	name: string,
	work: (report: Report) => T | Promise<T>,
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
