import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from "node:fs";

/** Writes a temporary file and renames it, so that a reader sees either the old file or the new one, also after a crash. */
export function replaceFile(file: string, text: string): void {
	const beside = `${file}.new`;
	const open = openSync(beside, "w");
	writeFileSync(open, text);
	fsyncSync(open);
	closeSync(open);
	renameSync(beside, file);
}
