// Says how far a long command is: in a terminal as a bar that moves, elsewhere as a line from time to time.
import type { Session } from "./session.ts";

const WIDTH = 24;
const LINE_EVERY_MS = 10_000;

export class Progress {
	readonly #session: Session;
	readonly #total: number;
	readonly #from: number;
	readonly #begun = performance.now();
	#shown = this.#begun;

	/** @param from how many of the total were done before */
	constructor(session: Session, total: number, from: number) {
		this.#session = session;
		this.#total = total;
		this.#from = from;
	}

	/** Shows how many are done, and what is waited for. */
	show(done: number, note = ""): void {
		const now = performance.now();
		const { terminal } = this.#session;
		if (!terminal && now - this.#shown < LINE_EVERY_MS) return;
		this.#shown = now;
		const line = progressLine(done, this.#total, (done - this.#from) / ((now - this.#begun) / 1_000));
		if (terminal) terminal.show(`${bar(done / this.#total)} ${line}${note}`);
		else this.#session.printError(`${line}${note}`);
	}

	end(): void {
		this.#session.terminal?.show("");
	}
}

/** How many are done, how many in a second, and how long the rest takes. */
export function progressLine(done: number, total: number, perSecond: number): string {
	const counts = `${number(done)} of ${number(total)} rows`;
	if (!(perSecond > 0) || done === 0) return counts;
	return `${counts}, ${number(Math.round(perSecond))} a second, ${duration((total - done) / perSecond)} left`;
}

const number = (value: number) => value.toLocaleString("en");

function duration(seconds: number): string {
	const whole = Math.ceil(seconds);
	const [minutes, hours] = [Math.floor(whole / 60), Math.floor(whole / 3_600)];
	if (hours > 0) return `${hours} h ${minutes % 60} min`;
	return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

function bar(share: number): string {
	const full = Math.round(share * WIDTH);
	return `[${"#".repeat(full)}${" ".repeat(WIDTH - full)}]`;
}
