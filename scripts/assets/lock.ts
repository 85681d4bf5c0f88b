// One builder of the assets at a time, of all processes.
import { mkdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { repositoryRoot } from "../tools/tools.ts";

const LOCK = join(repositoryRoot, "dist", "assets.lock");
/** Longer than a build takes: whoever held the lock has ended without releasing it. */
const MAX_LOCK_MS = 60_000;

/** Does something while no other process does; waits for it as long as necessary. */
export function alone(act: () => void): void {
	mkdirSync(dirname(LOCK), { recursive: true });
	while (!takeLock()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
	try {
		act();
	} finally {
		rmSync(LOCK, { recursive: true, force: true });
	}
}

function takeLock(): boolean {
	try {
		mkdirSync(LOCK);
		return true;
	} catch {
		const { mtimeMs = Date.now() } = statSync(LOCK, { throwIfNoEntry: false }) ?? {};
		if (Date.now() - mtimeMs > MAX_LOCK_MS) rmSync(LOCK, { recursive: true, force: true });
		return false;
	}
}
