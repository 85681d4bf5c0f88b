import { closeSync, fsyncSync, openSync, realpathSync, renameSync, statSync, writeFileSync } from "node:fs";
import { UsageError } from "./usage.ts";

/** Writes a temporary file and renames it, so that a reader sees either the old file or the new one, also after a crash. */
export function replaceFile(file: string, text: string): void {
	const { path } = placeOf(file);
	const beside = `${path}.new`;
	const open = openSync(beside, "w");
	writeFileSync(open, text);
	fsyncSync(open);
	closeSync(open);
	renameSync(beside, path);
}

/**
 * Where a file is, behind links, and whether a renamed one may take its place: that of a device or a pipe must stay.
 * @throws UsageError for a folder
 */
export function placeOf(file: string): { readonly path: string; readonly isReplaceable: boolean } {
	const found = statSync(file, { throwIfNoEntry: false });
	if (found?.isDirectory()) throw new UsageError(`${file} is a folder.`);
	const isReplaceable = found?.isFile() ?? true;
	return { path: found && isReplaceable ? realpathSync(file) : file, isReplaceable };
}
