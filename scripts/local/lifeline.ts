// Makes workerd end with this process, even when this one is killed with -9. workerd.sh is the other side.
import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Lifeline {
	/** A temporary folder, deleted when workerd ends. */
	readonly folder: string;
	/** Environment variables for workerd.sh. */
	readonly environment: Record<string, string>;
	release(): void;
}

/**
 * Makes every workerd that Miniflare starts with this environment end with this process. Windows has no named pipes in
 * folders and no shell for it: there workerd ends when this process exits normally, but may outlive a killed one.
 */
export function openLifeline(platform: NodeJS.Platform = process.platform): Lifeline {
	const folder = mkdtempSync(join(tmpdir(), "leadwire-"));
	const removeFolder = () => rmSync(folder, { recursive: true, force: true });
	if (platform === "win32") return { folder, environment: {}, release: removeFolder };
	const pipe = join(folder, "lifeline");
	execFileSync("mkfifo", [pipe]);
	// Opened for reading too; otherwise opening would block until workerd.sh reads.
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
