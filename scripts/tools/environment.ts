// The environment variables of `npm start` and `npm run admin`.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { MAX_SHARDS } from "../../src/gate/api-key.ts";
import { repositoryRoot } from "./tools.ts";

/** The absolute path of the local data: `STATE_DIR`. */
export function stateDir(): string {
	return resolve(process.env.STATE_DIR || join(repositoryRoot, ".wrangler", "state"));
}

/** Why a folder can't be made, by the system's code. */
const REASONS: Readonly<Record<string, string>> = {
	EEXIST: "a file is in its place",
	ENOTDIR: "a part of the path is a file",
	EACCES: "this user may not write there",
	EPERM: "this user may not write there",
	EROFS: "the disk there can't be written to",
	ENOSPC: "the disk there is full",
};

/** Makes the folder of the local data unless it is there. Throws an Error in plain words if it can't be made. */
export function makeStateDir(path: string): void {
	try {
		mkdirSync(path, { recursive: true });
	} catch (error) {
		const code = String((error as NodeJS.ErrnoException).code);
		throw new Error(
			`The folder of the data, ${path}, can't be made: ${REASONS[code] ?? code}. Choose another STATE_DIR.`,
		);
	}
}

/** Says that something else listens on a port. */
export const portInUse = (port: number): string =>
	`Port ${port} is in use. Stop what runs there, or choose another: PORT=8788 npm start.`;

/** The minimum number of local databases: `SHARDS`. Throws an Error in plain words if it is invalid. */
export const shardCount = (): number => numberOf("SHARDS", "1", MAX_SHARDS);

/** The port to listen on: `PORT`. Throws an Error in plain words if it is invalid. */
export const portNumber = (): number => numberOf("PORT", "8787", 65_535);

/** A whole number, from 1 on. */
function numberOf(name: string, otherwise: string, most: number): number {
	const text = process.env[name] || otherwise;
	const number = Number(text);
	if (Number.isInteger(number) && number > 0 && number <= most) return number;
	throw new Error(`${name} is ${text}: give a number from 1 to ${most}.`);
}
