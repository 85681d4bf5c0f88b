// Ties workerd's life to ours, also when we are killed with -9. See workerd.sh for the other end.
import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Lifeline {
	/** A folder that goes away with workerd. */
	readonly folder: string;
	/** What workerd.sh needs to know. */
	readonly environment: Record<string, string>;
	release(): void;
}

/**
 * Makes every workerd that Miniflare starts with this environment die with this process. Windows has neither named pipes in
 * folders nor a shell for it: there workerd ends with a starter that ends in order, and may outlive one that is killed.
 */
export function holdLifeline(platform: NodeJS.Platform = process.platform): Lifeline {
	const folder = mkdtempSync(join(tmpdir(), "leadwire-"));
	const removeFolder = () => rmSync(folder, { recursive: true, force: true });
	if (platform === "win32") return { folder, environment: {}, release: removeFolder };
	const pipe = join(folder, "lifeline");
	execFileSync("mkfifo", [pipe]);
	// Open for reading too, or opening would wait for the reader that is yet to be started.
	const held = openSync(pipe, constants.O_RDWR);
	process.env.MINIFLARE_WORKERD_PATH = join(import.meta.dirname, "workerd.sh");
	return {
		folder,
		environment: { WORKERD: workerdPath(), LIFELINE: pipe, RUN_DIR: folder },
		release() {
			closeSync(held);
			removeFolder();
		},
	};
}

function workerdPath(): string {
	const ofMiniflare = createRequire(createRequire(import.meta.url).resolve("miniflare"));
	return (ofMiniflare("workerd") as { default: string }).default;
}
