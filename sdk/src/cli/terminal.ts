import { createInterface } from "node:readline/promises";
import type { ReadStream, WriteStream } from "node:tty";
import type { Terminal } from "./session.ts";

const START_OF_LINE = "\r\u001b[K";

/** The terminal of a process; null unless a person can read there and answer. */
export function terminalOf(input: ReadStream, output: WriteStream): Terminal | null {
	if (!input.isTTY || !output.isTTY) return null;
	return {
		show: (line) => output.write(START_OF_LINE + line.slice(0, output.columns - 1)),
		async ask(question) {
			const lines = createInterface({ input, output });
			const answer = await lines.question(question);
			lines.close();
			return answer;
		},
	};
}
