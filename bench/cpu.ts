// Processor time of a process and all its descendants, from /proc.
import { readdirSync, readFileSync } from "node:fs";

/** Ticks in a second; the same on every Linux that Node runs on. */
const TICKS = 100;

/** User and system time so far (ms); null on systems without /proc. */
export function cpuOfTree(root: number): number | null {
	const processes = new Map<number, { parent: number; ms: number }>();
	try {
		for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
			const times = statOf(Number(name));
			if (times) processes.set(Number(name), times);
		}
	} catch {
		return null;
	}
	const isWithin = (pid: number): boolean => {
		if (pid === root) return true;
		const known = processes.get(pid);
		return known !== undefined && isWithin(known.parent);
	};
	return [...processes].reduce((sum, [pid, { ms }]) => (isWithin(pid) ? sum + ms : sum), 0);
}

/** The same of this process alone. */
export const cpuOf = (pid: number): number => statOf(pid)?.ms ?? Number.NaN;

function statOf(pid: number): { parent: number; ms: number } | null {
	try {
		// The second field is the name in parentheses and may contain any character; count the fields after it.
		const text = readFileSync(`/proc/${pid}/stat`, "utf8");
		const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
		const [parent, user, system] = [fields[1], fields[11], fields[12]].map(Number);
		return { parent: parent ?? 0, ms: (((user ?? 0) + (system ?? 0)) * 1_000) / TICKS };
	} catch {
		// The process ended after it was listed.
		return null;
	}
}
