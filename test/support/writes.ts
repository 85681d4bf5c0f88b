// Which file sends a statement that writes. Every statement that any test lets the Worker send is checked (setup.ts).
/** The beginning of a statement that writes. */
export const WRITES = /^\s*(?:WITH\b[\s\S]*\)\s*)?(?:INSERT|REPLACE|UPDATE|DELETE)\b/i;
const THROUGH = "/src/db/commit.ts";

/** What is wrong with a statement that is being bound; null for one that only reads, or is sent by db/commit.ts. */
export function writeFault(text: string): string | null {
	if (!WRITES.test(text)) return null;
	const { stack = "" } = new Error();
	return stack.includes(THROUGH) ? null : `is not sent by ${THROUGH}`;
}
